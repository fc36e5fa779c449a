import { wholeNumber } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const messagesSection = section('messages', 'How answers reach clients.', {
  pingAfterSeconds: setting(
    'PING_AFTER_SECONDS',
    wholeNumber(1, 300),
    'A stream that is silent for so long gets a `ping` event, so that nobody on the way takes it for dead.',
    '15',
  ),
});

export type MessagesConfig = ConfigOf<typeof messagesSection>;

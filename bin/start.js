import { launchGateway } from './launcher.js';

launchGateway('main.js', process.argv.slice(2));

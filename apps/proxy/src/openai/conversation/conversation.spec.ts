import { describe, expect, it } from '@jest/globals';
import { LeftOut } from '../left-out.js';
import { Conversation } from './conversation.js';
import { textBlock } from './turn.js';

const newConversation = (takesSystemTurns: boolean, takesPrefill = false) =>
  new Conversation({ takesSystemTurns, takesPrefill }, new LeftOut());
const said = (text: string) => [textBlock(text)];
const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: said(id) });
const call = (id: string) => ({ type: 'tool_use', id, name: 'look', input: {} });

describe('Conversation', () => {
  it('joins leading system messages', () => {
    const conversation = newConversation(true);
    conversation.system(said('be brief'));
    conversation.system(said('be kind'));
    conversation.say('user', said('hello'));
    expect(conversation.toMessages()).toEqual({
      system: said('be brief\nbe kind'),
      messages: [{ role: 'user', content: said('hello') }],
    });
  });

  it('puts the results of one round into one turn, before what the user says', () => {
    const conversation = newConversation(true);
    conversation.say('user', said('look'));
    conversation.say('assistant', [call('a'), call('b')]);
    conversation.say('user', [result('a')]);
    conversation.say('user', said('and hurry'));
    conversation.say('user', [result('b')]);
    expect(conversation.toMessages().messages[2]).toEqual({
      role: 'user',
      content: [result('a'), result('b'), ...said('and hurry')],
    });
  });

  it('drops empty texts and turns without content', () => {
    const conversation = newConversation(true);
    conversation.system(said('  '));
    conversation.say('user', [textBlock(''), textBlock('hello')]);
    conversation.say('assistant', [textBlock('')]);
    conversation.say('user', said('again'));
    expect(conversation.toMessages()).toEqual({
      system: [],
      messages: [{ role: 'user', content: [textBlock('hello'), textBlock('again')] }],
    });
  });

  it.each([
    ['after a user at the end', ['user', 'system'], ['user', 'system']],
    ['between user and assistant', ['user', 'system', 'assistant', 'user'], ['user', 'system', 'assistant', 'user']],
    ['twice in a row', ['user', 'system', 'system'], ['user', 'system']],
    ['after an assistant', ['user', 'assistant', 'system', 'user'], ['user', 'assistant', 'user']],
    ['between two users', ['user', 'system', 'user'], ['user']],
  ])('keeps a later system message in its place where the API allows it: %s', (_name, roles, placed) => {
    const conversation = newConversation(true);
    for (const role of roles) {
      if (role === 'system') conversation.system(said('be brief'));
      else conversation.say(role as 'user', said(role));
    }
    expect(conversation.toMessages().messages.map(({ role }) => role)).toEqual(placed);
    expect(JSON.stringify(conversation.toMessages().messages)).toContain('be brief');
  });

  it('tells a model without system turns in the turn of the user', () => {
    const conversation = newConversation(false);
    conversation.say('user', said('hello'));
    conversation.system(said('be brief'));
    expect(conversation.toMessages()).toEqual({
      system: [],
      messages: [
        {
          role: 'user',
          content: [textBlock('hello'), textBlock('<system-reminder>\nbe brief\n</system-reminder>')],
        },
      ],
    });
  });

  it('asks the system message itself where nothing else was said', () => {
    const conversation = newConversation(true);
    conversation.system(said('write a poem'));
    expect(conversation.toMessages()).toEqual({
      system: [],
      messages: [{ role: 'user', content: said('write a poem') }],
    });
  });

  it('knows whether tools were called', () => {
    const conversation = newConversation(true);
    conversation.say('assistant', said('no'));
    expect(conversation.hasCalls).toBe(false);
    conversation.say('assistant', [call('a')]);
    expect(conversation.hasCalls).toBe(true);
  });
});

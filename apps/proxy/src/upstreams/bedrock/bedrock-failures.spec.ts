import { headerOf, readBody } from '@claude-proxy/upstream';
import { describe, expect, it } from '@jest/globals';
import { faultOf, faultOfErrorEvent, upstreamErrorOf } from './bedrock-failures.js';

const aws = (name: string, message = 'm', more: object = {}) =>
  Object.assign(new Error(message), { name, $fault: 'client', ...more });
const net = (code: string, name = 'Error') => Object.assign(new Error(`read ${code}`), { name, code });
const status = (httpStatusCode: number, name = 'UnknownError') => aws(name, 'm', { $metadata: { httpStatusCode } });

describe('faultOf', () => {
  it.each<[unknown, string, string, number]>([
    [aws('ValidationException'), 'rejected', 'invalid_request_error', 400],
    [aws('AccessDeniedException'), 'unreachable', 'api_error', 502],
    [aws('ExpiredTokenException'), 'unreachable', 'api_error', 502],
    [aws('UnrecognizedClientException'), 'unreachable', 'api_error', 502],
    [aws('InvalidSignatureException'), 'unreachable', 'api_error', 502],
    [aws('IncompleteSignature'), 'unreachable', 'api_error', 502],
    [aws('MissingAuthenticationTokenException'), 'unreachable', 'api_error', 502],
    [aws('ResourceNotFoundException'), 'unreachable', 'api_error', 502],
    [aws('ThrottlingException'), 'rate_limited', 'rate_limit_error', 429],
    [aws('throttlingException'), 'rate_limited', 'rate_limit_error', 429],
    [aws('ModelNotReadyException'), 'rate_limited', 'rate_limit_error', 429],
    [aws('ServiceQuotaExceededException'), 'rate_limited', 'rate_limit_error', 429],
    [aws('ModelTimeoutException'), 'timed_out', 'timeout_error', 504],
    [aws('ModelErrorException'), 'unreachable', 'api_error', 500],
    [aws('ModelErrorException', 'm', { originalStatusCode: 400 }), 'rejected', 'invalid_request_error', 400],
    [aws('ModelErrorException', 'm', { originalStatusCode: 429 }), 'rate_limited', 'rate_limit_error', 429],
    [aws('ModelStreamErrorException', 'm', { originalStatusCode: 529 }), 'overloaded', 'overloaded_error', 529],
    [aws('InternalServerException'), 'unreachable', 'api_error', 500],
    [aws('ServiceUnavailableException'), 'overloaded', 'overloaded_error', 529],
    [status(429), 'rate_limited', 'rate_limit_error', 429],
    [status(503), 'overloaded', 'overloaded_error', 529],
    [status(504), 'timed_out', 'timeout_error', 504],
    [status(403), 'unreachable', 'api_error', 502],
    [status(404), 'unreachable', 'api_error', 502],
    [status(413), 'rejected', 'request_too_large', 413],
    [status(422), 'rejected', 'invalid_request_error', 400],
    [status(500), 'unreachable', 'api_error', 500],
    [status(502, 'SyntaxError'), 'unreachable', 'api_error', 502],
    [status(400, 'SyntaxError'), 'unreachable', 'api_error', 502],
    [status(503, 'SyntaxError'), 'overloaded', 'overloaded_error', 529],
    [net('ECONNRESET', 'TimeoutError'), 'unreachable', 'api_error', 502],
    [net('ECONNREFUSED'), 'unreachable', 'api_error', 502],
    [net('ENOTFOUND'), 'unreachable', 'api_error', 502],
    [net('CERT_HAS_EXPIRED'), 'unreachable', 'api_error', 502],
    [
      Object.assign(new Error('x timed out after 5 ms of inactivity (y).'), { name: 'TimeoutError' }),
      'timed_out',
      'timeout_error',
      504,
    ],
    [
      Object.assign(new Error('did not establish a connection'), { name: 'TimeoutError' }),
      'unreachable',
      'api_error',
      502,
    ],
    [Object.assign(new Error('{"message":"odd"}'), { name: 'brandNewException' }), 'unreachable', 'api_error', 502],
    [new Error('Truncated event message received.'), 'unreachable', 'api_error', 502],
    ['a string', 'unreachable', 'api_error', 502],
    [undefined, 'unreachable', 'api_error', 502],
  ])('tells %s', (error, failure, type, httpStatus) => {
    expect(faultOf(error)).toMatchObject({ failure, type, status: httpStatus });
  });

  it.each([
    [net('ECONNRESET', 'TimeoutError'), true],
    [net('EPIPE'), true],
    [new Error('AWS SDK error wrapper for TimeoutError: read ECONNRESET'), true],
    [aws('ThrottlingException'), true],
    [aws('ModelNotReadyException'), true],
    [aws('ThrottlingException', 'Too many tokens per day, please wait before trying again.'), false],
    [net('ECONNREFUSED'), false],
    [aws('ServiceUnavailableException'), false],
    [aws('ValidationException', 'tool ECONNRESET aborted'), false],
    [status(500), false],
  ])('recognizes transient errors (%#)', (error, isPassing) => {
    expect(faultOf(error).isPassing).toBe(isPassing);
  });

  it.each(['Input is too long for requested model.', 'Input is too long for requested model'])(
    'rewords "%s" so that Claude Code compacts',
    (message) => {
      const fault = faultOf(aws('ValidationException', message));
      expect(fault).toMatchObject({ failure: 'rejected', isForCaller: true });
      expect(fault.message).toMatch(/^prompt is too long: .*capability_rejected: prompt_too_long/);
    },
  );

  it.each([
    'prompt is too long: 210000 tokens > 200000 maximum',
    'input length and `max_tokens` exceed context limit: 190000 + 64000 > 200000',
    'messages.1.content.0: Invalid `signature` in `thinking` block',
  ])('keeps wording that clients match on: %s', (message) => {
    expect(faultOf(aws('ValidationException', message)).message).toBe(message);
  });

  it.each([
    'The provided model identifier is invalid.',
    'Invocation of model ID anthropic.x with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.',
  ])('treats a wrong model id as the gateway’s fault: %s', (message) => {
    expect(faultOf(aws('ValidationException', message))).toMatchObject({ failure: 'unreachable', status: 502 });
  });

  it.each([
    aws(
      'AccessDeniedException',
      'User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: bedrock:InvokeModel on resource: arn:aws-us-gov:bedrock:us-east-1::x',
    ),
    aws('ResourceNotFoundException', 'no access for account 123456789012'),
    aws('ValidationException', "no 'arn:aws:bedrock:us-east-1:123456789012:x', AKIAIOSFODNN7EXAMPLE"),
    aws('InvalidSignatureException', 'The Canonical String was x-amz-security-token:SECRET'),
    aws('ThrottlingException', 'account 123456789012 is throttled'),
  ])('shows no ARN, account, key or token (%#)', (error) => {
    expect(faultOf(error).message).not.toMatch(/arn:|\d{12}|AKIA|SECRET/);
  });
});

describe('faultOf, for messages of any length,', () => {
  it('truncates an endless message', () => {
    expect(faultOf(aws('ValidationException', 'x'.repeat(1_000_000))).message.length).toBeLessThanOrEqual(1_000);
  });

  it('bounds a message before it is matched, because AWS quotes the request', () => {
    const { awsMessage, message } = faultOf(aws('ValidationException', 'x'.repeat(1_000_000)));
    expect(awsMessage).toHaveLength(8_000);
    expect(message).toHaveLength(1_000);
  });

  it('reads an exception that is unknown to the SDK', () => {
    const error = Object.assign(new Error('{"message":"odd"}'), { name: 'x', $metadata: { httpStatusCode: 500 } });
    expect(faultOf(error).message).toBe('odd');
  });
});

describe('upstreamErrorOf', () => {
  it('contains an answer in Anthropic’s format', async () => {
    const more = { $metadata: { requestId: 'r-1' }, $response: { statusCode: 429, headers: { 'retry-after': '7' } } };
    const error = upstreamErrorOf(faultOf(aws('ThrottlingException', 'slow down', more)));
    expect(error).toMatchObject({ failure: 'rate_limited', retryAfterSeconds: 7, isWorthWaiting: true });
    const { status: httpStatus, headers, body } = error.answer!;
    expect([httpStatus, headerOf(headers, 'request-id'), headerOf(headers, 'retry-after')]).toEqual([429, 'r-1', '7']);
    expect(JSON.parse((await readBody(body, 10_000)).toString())).toEqual({
      type: 'error',
      error: { type: 'rate_limit_error', message: 'slow down' },
      request_id: 'r-1',
    });
  });

  it.each(['soon', '', '-1'])('ignores retry-after "%s"', (retryAfter) => {
    const more = { $response: { statusCode: 429, headers: { 'retry-after': retryAfter } } };
    expect(upstreamErrorOf(faultOf(aws('ThrottlingException', 'm', more))).retryAfterSeconds).toBeUndefined();
  });
});

describe('faultOfErrorEvent', () => {
  it.each([
    ['{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', 'overloaded'],
    ['{"type":"error","error":{"type":"invalid_request_error","message":"no"}}', 'rejected'],
    ['{"type":"error","error":{"type":"new_error","message":"no"}}', 'unreachable'],
    ['{"type":"error"}', 'unreachable'],
  ])('tells %s', (json, failure) => {
    expect(faultOfErrorEvent(Buffer.from(json), 'r-1')).toMatchObject({ failure, requestId: 'r-1' });
  });
});

describe('the stored text of a refusal', () => {
  it.each([
    ['messages.0.content.1: "my secret plan" is not valid', 'invalid_request_error at messages.0.content.1'],
    ['thinking.display: Extra inputs are not permitted', 'invalid_request_error at thinking.display'],
    ['"my secret plan" is not an image', 'invalid_request_error'],
    ['my secret plan: no image', 'invalid_request_error'],
    ['Input is too long for my secret plan', 'the prompt is too long'],
  ])('quotes nothing of the request: %s', (message, kept) => {
    const error = upstreamErrorOf(faultOf(aws('ValidationException', message)));
    expect(error.message).toBe(`AWS Bedrock refused the request: ${kept}`);
  });

  it('gives the caller the whole message', async () => {
    const { answer } = upstreamErrorOf(faultOf(aws('ValidationException', 'messages.0: "a plan" is not valid')));
    expect(JSON.parse(String(await readBody(answer!.body, 10_000))).error.message).toBe(
      'messages.0: "a plan" is not valid',
    );
  });

  it('is the whole message for errors of AWS itself', () => {
    expect(upstreamErrorOf(faultOf(aws('ThrottlingException', 'Too many tokens'))).message).toBe('Too many tokens');
  });
});

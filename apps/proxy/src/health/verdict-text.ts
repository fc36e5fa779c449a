import type { VerdictCode, VerdictFacts } from '@claude-proxy/admin-api';

const NAMES: Readonly<Record<string, string>> = { anthropic: 'Anthropic', bedrock: 'Bedrock' };

export function headlineOf(code: VerdictCode, facts: VerdictFacts): string {
  const { requests, caller_errors, failures, fallbacks, accounts } = facts;
  const [first, fallback] = [nameOf(facts.first_choice), nameOf(facts.fallback_upstream)];
  switch (code) {
    case 'draining':
      return 'This process is being taken out of service.';
    case 'no_upstream':
      return 'No request can be answered: no upstream is usable.';
    case 'accounts_out':
      return accounts.total === 1 ? 'The account is out.' : `All ${accounts.total} accounts are out.`;
    case 'errors':
      return `${percentOf(failures, requests - caller_errors)} of requests fail.`;
    case 'store_away':
      return 'Requests are answered, but the store is away.';
    case 'no_credential':
      return `Client keys are required, and the gateway has no credential for ${first}.`;
    case 'drill':
      return requests === 0
        ? 'A drill is running, and no request has come.'
        : `A drill is running: ${fallback} answers ${percentOf(fallbacks, requests)} of requests.`;
    case 'on_fallback':
      return `${fallback} answers ${percentOf(fallbacks, requests)} of requests as the fallback.${limitedOf(facts)}`;
    case 'fallback_off':
      return `${first} answers; fallback is turned off.${limitedOf(facts)}`;
    case 'no_fallback':
      return `${first} answers; no fallback is available.${limitedOf(facts)}`;
    case 'well':
      return `All is well. ${first} answers.${limitedOf(facts)}`;
    case 'quiet':
      return `All is quiet. Everything is ready.${limitedOf(facts)}`;
  }
}

export function noteOf(code: VerdictCode, facts: VerdictFacts): string {
  return [reasonOf(code, facts), paceOf(code, facts), callersOf(facts), unavailableOf(code, facts), silentOf(facts)]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

export function mendOf(code: VerdictCode, facts: VerdictFacts): string | null {
  switch (code) {
    case 'no_upstream':
    case 'no_fallback':
      return facts.unavailable.map(({ name }) => mendOfUpstream(name)).join(' ') || null;
    case 'accounts_out':
      return 'Add an account of another organization, or wait until one is ready.';
    case 'store_away':
      return facts.store_engine === 'embedded'
        ? 'Check the free space and the permissions of DATA_DIR.'
        : 'Check the tables, the network and the permissions of the role for DynamoDB.';
    case 'no_credential':
      return 'Set ANTHROPIC_API_KEY, or add an account.';
    case 'fallback_off':
      return 'Turn it on with `ccp fallback on`, or on the page of limits.';
    case 'errors':
      return 'Open the failed requests: each names its reason.';
    default:
      return null;
  }
}

function mendOfUpstream(name: string): string {
  return name === 'bedrock'
    ? 'Give the gateway AWS credentials that allow bedrock:InvokeModelWithResponseStream (a task role, AWS_PROFILE or AWS_ACCESS_KEY_ID), or set BEDROCK_FALLBACK_ENABLED=false.'
    : `See the log for ${name}, or take it out of FALLBACK_CHAIN.`;
}

function reasonOf(code: VerdictCode, facts: VerdictFacts): string {
  if (code === 'draining') {
    return facts.other_tasks > 0
      ? `It still answers what it has begun. Other tasks that serve: ${facts.other_tasks}.`
      : 'It still answers what it has begun. No other task is known.';
  }
  if (code === 'accounts_out') {
    return facts.accounts_until === null
      ? 'Time does not make one ready.'
      : `The first one is ready at ${new Date(facts.accounts_until).toISOString().slice(11, 16)} UTC.`;
  }
  if (code === 'store_away') return `Counts wait in memory until it is back (${facts.store}).`;
  if (code === 'no_credential') return 'Only requests that bring a credential of their own are answered.';
  if (code === 'fallback_off' && facts.off_reason) return `Reason: ${facts.off_reason}.`;
  return '';
}

function paceOf(code: VerdictCode, facts: VerdictFacts): string {
  const { minutes, requests, caller_errors, failures, first_byte_ms } = facts;
  if (minutes === null || code === 'draining') return '';
  const span = minutes === 1 ? 'the last minute' : `the last ${minutes} minutes`;
  if (requests === 0) return `No request in ${span}.`;
  if (code === 'errors') return `${failures} of ${countOf(requests - caller_errors)} in ${span} ended in an error.`;
  const count = `${countOf(requests)} request${requests === 1 ? '' : 's'} in ${span}`;
  if (first_byte_ms === null) return `${count}.`;
  const answers = requests === 1 ? 'its answer' : 'half of the answers';
  return `${count}; ${answers} began within ${durationOf(first_byte_ms)}.`;
}

function callersOf({ caller_errors }: VerdictFacts): string {
  if (caller_errors === 0) return '';
  const were = caller_errors === 1 ? 'was' : 'were';
  return `${countOf(caller_errors)} ${were} refused for a reason that only the caller can correct.`;
}

function unavailableOf(code: VerdictCode, { unavailable }: VerdictFacts): string {
  if (code === 'no_upstream') return unavailable.map(({ name, detail }) => `${nameOf(name)}: ${detail}`).join(' · ');
  return unavailable.map(({ name, detail }) => `${nameOf(name)} is not available: ${detail}.`).join(' ');
}

function silentOf({ silent_tasks }: VerdictFacts): string {
  if (silent_tasks === 0) return '';
  return silent_tasks === 1 ? 'One task does not report.' : `${silent_tasks} tasks do not report.`;
}

function limitedOf({ limited_users }: VerdictFacts): string {
  if (limited_users === 0) return '';
  return limited_users === 1 ? ' 1 user is limited.' : ` ${countOf(limited_users)} users are limited.`;
}

function nameOf(upstream: string | null): string {
  return upstream === null ? 'the fallback' : (NAMES[upstream] ?? upstream);
}

function percentOf(part: number, whole: number): string {
  const share = whole > 0 ? (part / whole) * 100 : 0;
  return `${share > 0 && share < 10 ? Math.round(share * 10) / 10 : Math.round(share)}%`;
}

function countOf(value: number): string {
  return value.toLocaleString('en-US');
}

function durationOf(milliseconds: number): string {
  return milliseconds < 1_000 ? `${Math.round(milliseconds)}ms` : `${Math.round(milliseconds / 100) / 10}s`;
}

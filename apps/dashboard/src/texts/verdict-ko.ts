import type { Verdict, VerdictFacts } from '@claude-proxy/admin-api';
import type { Format } from '../format/create-format.js';
import type { verdictEn } from './verdict-en.js';

const NAMES: Readonly<Record<string, string>> = { anthropic: 'Anthropic', bedrock: 'Bedrock' };
const nameOf = (upstream: string | null) => (upstream === null ? '대체 업스트림' : (NAMES[upstream] ?? upstream));

export const verdictKo: typeof verdictEn = {
  words: {
    waiting: '확인하는 중 …',
    lost: '연결이 끊겼습니다. 확인하는 중 …',
    lostNote: '실시간 연결이 끝났습니다.',
    unreachable: '게이트웨이가 응답하지 않습니다.',
    unreachableNote: '이 화면은 계속 다시 시도합니다. 사용자의 요청도 실패하고 있을 수 있습니다.',
    draining: '이 프로세스는 종료 준비 중입니다.',
    drainingNote: '이미 시작한 응답은 끝까지 처리합니다. 새 요청은 다른 프로세스가 맡습니다.',
    mend: '조치:',
  },
  sentences: (verdict, format) => {
    const headline = headlineOf(verdict, format);
    // A code of a later version.
    if (headline === undefined) return verdict;
    return { headline, note: noteOf(verdict, format), mend: verdict.mend === null ? null : mendOf(verdict) };
  },
};

function headlineOf({ code, facts }: Verdict, format: Format): string | undefined {
  const { requests, caller_errors, failures, fallbacks, accounts } = facts;
  const [first, fallback] = [nameOf(facts.first_choice), nameOf(facts.fallback_upstream)];
  const share = (part: number, whole: number) => format.percent(whole > 0 ? part / whole : 0);
  const limited =
    facts.limited_users > 0 ? ` 사용자 ${format.integer(facts.limited_users)}명이 한도에 걸려 있습니다.` : '';
  const headlines: Readonly<Record<string, string>> = {
    draining: '이 프로세스는 종료 준비 중입니다.',
    no_upstream: '응답할 수 있는 업스트림이 없습니다.',
    accounts_out: `계정 ${accounts.total}개를 모두 쓸 수 없습니다.`,
    errors: `요청의 ${share(failures, requests - caller_errors)}가 실패하고 있습니다.`,
    store_away: '요청은 처리되지만 저장소에 연결되지 않습니다.',
    no_credential: `클라이언트 키가 필요한데, 게이트웨이에 ${first} 인증 정보가 없습니다.`,
    drill:
      requests === 0
        ? '훈련 중이지만 아직 들어온 요청이 없습니다.'
        : `훈련 중입니다. 요청의 ${share(fallbacks, requests)}를 ${fallback}에서 처리합니다.`,
    on_fallback: `요청의 ${share(fallbacks, requests)}를 ${fallback}에서 대신 처리하고 있습니다.${limited}`,
    fallback_off: `${first}에서 응답하지만 대체 처리가 꺼져 있습니다.${limited}`,
    no_fallback: `${first}에서 응답하지만 대신할 업스트림이 없습니다.${limited}`,
    well: `정상입니다. ${first}에서 응답합니다.${limited}`,
    quiet: `조용합니다. 모두 준비되어 있습니다.${limited}`,
  };
  return headlines[code];
}

function noteOf(verdict: Verdict, format: Format): string {
  const { code, facts } = verdict;
  const unavailable = facts.unavailable.map(({ name, detail }) => `${nameOf(name)} 사용 불가: ${detail}.`).join(' ');
  const callers =
    facts.caller_errors > 0 ? `${format.integer(facts.caller_errors)}건은 요청 자체의 문제로 거절되었습니다.` : '';
  const silent = facts.silent_tasks > 0 ? `프로세스 ${facts.silent_tasks}개가 보고하지 않습니다.` : '';
  const pace = code === 'draining' ? '' : paceOf(verdict, format);
  return [reasonOf(verdict, format), pace, callers, unavailable, silent].filter((text) => text !== '').join(' ');
}

function reasonOf({ code, facts }: Verdict, format: Format): string {
  switch (code) {
    case 'draining':
      return facts.other_tasks > 0
        ? `이미 시작한 응답은 끝까지 처리합니다. 다른 프로세스 ${facts.other_tasks}개가 일하고 있습니다.`
        : '이미 시작한 응답은 끝까지 처리합니다. 다른 프로세스는 보이지 않습니다.';
    case 'accounts_out':
      return facts.accounts_until === null ? '' : `${format.clock(facts.accounts_until)}에 첫 계정이 다시 준비됩니다.`;
    case 'store_away':
      return `저장소가 돌아올 때까지 집계는 메모리에서 기다립니다 (${facts.store}).`;
    case 'no_credential':
      return '자기 인증 정보를 함께 보낸 요청만 처리됩니다.';
    case 'fallback_off':
      return facts.off_reason ? `이유: ${facts.off_reason}.` : '';
    default:
      return '';
  }
}

function paceOf({ code, facts }: Verdict, format: Format): string {
  const { minutes, requests, caller_errors, failures, first_byte_ms } = facts;
  if (minutes === null) return '';
  if (requests === 0) return `최근 ${minutes}분 동안 들어온 요청이 없습니다.`;
  if (code === 'errors') {
    return `최근 ${minutes}분 동안 ${format.integer(requests - caller_errors)}건 중 ${format.integer(failures)}건이 오류로 끝났습니다.`;
  }
  const count = `최근 ${minutes}분 동안 ${format.integer(requests)}건`;
  if (first_byte_ms === null) return `${count}.`;
  return `${count}, ${requests === 1 ? '' : '그중 절반은 '}${format.milliseconds(first_byte_ms)} 안에 응답이 시작되었습니다.`;
}

function mendOf({ code, facts }: Verdict): string {
  switch (code) {
    case 'store_away':
      return facts.store_engine === 'embedded'
        ? 'DATA_DIR의 남은 공간과 권한을 확인하세요.'
        : 'DynamoDB의 테이블, 네트워크, 역할 권한을 확인하세요.';
    case 'accounts_out':
      return '다른 조직의 계정을 추가하거나, 계정이 준비될 때까지 기다리세요.';
    case 'no_credential':
      return 'ANTHROPIC_API_KEY를 설정하거나 계정을 추가하세요.';
    case 'fallback_off':
      return 'PUT /api/fallback에 {"is_on": true}를 보내면 다시 켜집니다.';
    case 'errors':
      return '실패한 요청을 열면 이유가 나옵니다.';
    default:
      return facts.unavailable.map(mendOfUpstream).join(' ');
  }
}

function mendOfUpstream({ name }: VerdictFacts['unavailable'][number]): string {
  return name === 'bedrock'
    ? 'bedrock:InvokeModelWithResponseStream을 허용하는 AWS 인증 정보(태스크 역할, AWS_PROFILE, AWS_ACCESS_KEY_ID)를 주거나 BEDROCK_FALLBACK_ENABLED=false로 설정하세요.'
    : `${name}은(는) 로그를 확인하거나 FALLBACK_CHAIN에서 빼세요.`;
}

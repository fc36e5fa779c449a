import type { CacheBreakReason } from '@claude-proxy/admin-api';
import type { sessionsEn } from './sessions-en.js';

const OF_TOOLS = { added: '추가', removed: '제거', changed: '변경' };

function reasonOf(reason: CacheBreakReason): string {
  switch (reason.kind) {
    case 'upstream':
      return `${reason.before}에서 ${reason.after}(으)로 옮겨짐`;
    case 'model':
      return `모델 변경: ${reason.before} → ${reason.after}`;
    case 'account':
      return reason.is_other_organization ? '다른 조직의 다른 계정' : '다른 워크스페이스의 다른 계정';
    case 'expired':
      return `${minutes(reason.idle_seconds)} 동안 요청 없음: ${minutes(reason.ttl_seconds)} 후 만료`;
    case 'tools':
      return `도구 목록 변경: ${reason.before} → ${reason.after}개 (${changesOf(reason)}, ${reason.position}번째 도구부터)`;
    case 'system':
      return `시스템 블록 ${reason.position} 변경`;
    case 'settings':
      return `설정 변경: ${reason.names.join(', ')}`;
    case 'messages':
      return `메시지 ${reason.position} 변경(편집 또는 압축): 메시지 ${reason.before} → ${reason.after}개`;
    case 'no_breakpoint':
      return '대화 끝에 캐시 중단점이 없음';
    case 'look_back':
      return `다음 캐시 중단점이 ${reason.blocks}블록 뒤에 있음(20블록 안에서만 찾음)`;
    case 'deferred_tools':
      return '알 수 없음: 앞부분은 같지만 나중에 불러오는 도구가 바뀜';
    case 'client_block':
      return '알 수 없음: 앞부분은 같지만 클라이언트 버전이 바뀜';
    case 'credential':
      return '알 수 없음: 앞부분은 같지만 다른 자격 증명이 쓰임';
    case 'unknown':
      return '알 수 없음: 앞부분은 같음';
  }
}

function changesOf(reason: Extract<CacheBreakReason, { kind: 'tools' }>): string {
  const parts = (['added', 'removed', 'changed'] as const).flatMap((name) =>
    reason[name] > 0 ? [`${reason[name]}개 ${OF_TOOLS[name]}`] : [],
  );
  return parts.join(', ') || '순서 변경';
}

function minutes(seconds: number): string {
  return seconds < 120 ? `${seconds}초` : `${Math.round(seconds / 60)}분`;
}

export const sessionsKo: typeof sessionsEn = {
  lead: 'Claude Code처럼 세션 이름을 보내는 클라이언트의 대화입니다. 캐시가 끊기면 프롬프트를 캐시에서 읽지 못하고 다시 보내므로 요청이 비싸집니다.',
  empty: '이 기간에는 세션이 없습니다.',
  emptyHint: '클라이언트는 x-claude-code-session-id(Claude Code) 또는 x-session-id로 세션을 알립니다.',
  noMatch: (search) => `“${search}”와(과) 일치하는 세션이나 사용자가 없습니다.`,
  search: '세션 또는 사용자',
  periods: { '1': '오늘', '7': '7일', '30': '30일' },
  period: '기간',
  count: (shown, total) => `세션 ${total}개 중 ${shown}개`,
  more: '더 보기',
  session: '세션',
  user: '사용자',
  last: '마지막 요청',
  requests: '요청',
  tokens: '토큰',
  cost: '비용',
  cacheHits: '캐시에서 읽음',
  breaks: '캐시 끊김',
  lost: '손실',
  back: '모든 세션',
  gone: '이 ID의 세션 기록이 없습니다.',
  goneHint: '요청 로그보다 오래되었거나 ID가 다르게 쓰였을 수 있습니다.',
  context: '주 대화의 컨텍스트',
  contextLead: '각 요청의 프롬프트입니다. 캐시에서 읽은 부분은 쓰는 부분의 10분의 1 이하 가격입니다.',
  contextNow: '현재 컨텍스트',
  duration: '첫 요청부터 마지막 요청까지',
  breaksTitle: '캐시 끊김과 그 이유',
  noBreaks: '캐시 끊김 없음: 모든 요청이 앞 요청이 캐시에 남긴 것을 읽었습니다.',
  notCompared: '프롬프트를 비교하지 않습니다: TRACK_SESSIONS가 꺼져 있습니다.',
  lostOf: (tokens, usd) => `토큰 ${tokens}개를 다시 보냄, 읽기보다 ${usd} 더 듦`,
  lostUnpriced: (tokens) => `토큰 ${tokens}개를 다시 보냄, 가격을 알 수 없음`,
  unseen: '이 대화의 다른 요청은 이 태스크가 보지 못했습니다: 다른 태스크로 갔거나 게이트웨이를 거치지 않았습니다.',
  also: (names) => `함께 바뀐 것: ${names}`,
  requestsTitle: '요청',
  truncated: '세션의 마지막 요청 2,000개입니다.',
  showAll: (count) => `${count}개 모두 보기`,
  time: '시각',
  conversation: '대화',
  messages: '메시지',
  tokensOfContext: '컨텍스트',
  role: { main: '주 대화', agent: '하위 에이전트', side: '부가 요청' },
  restarted: '압축 뒤처럼 새로 시작',
  kinds: {
    upstream: '업스트림',
    model: '모델',
    account: '계정',
    expired: '만료',
    tools: '도구',
    system: '시스템 프롬프트',
    settings: '설정',
    messages: '메시지',
    no_breakpoint: '중단점',
    look_back: '중단점',
    deferred_tools: '알 수 없음',
    client_block: '알 수 없음',
    credential: '알 수 없음',
    unknown: '알 수 없음',
  },
  reasonOf,
  broken: (reason) => `프롬프트 캐시를 예상대로 읽지 못했습니다. ${reason}.`,
  open: '요청 열기',
};

import type { maskingEn } from './masking-en.js';

export const maskingKo: typeof maskingEn = {
  state: {
    off: '마스킹이 꺼져 있습니다(MASKING=off). 따로 켠 클라이언트 키와 범위만 마스킹합니다. 아래에서 어떻게 바뀌는지 미리 볼 수 있습니다.',
    aws: '모든 요청에서 AWS 식별자를 마스킹합니다(MASKING=aws).',
    'aws,ips': '모든 요청에서 AWS 식별자와 IP 주소를 마스킹합니다(MASKING=aws,ips).',
  },
  preview: '텍스트 시험',
  previewLead: '텍스트 대신 무엇이 나가는지 보여 줍니다. 아무것도 저장하지 않습니다.',
  text: '텍스트',
  sample: 'role arn:aws:iam::204813579264:role/ci-deployer in vpc-0a1b2c3d4e5f60718',
  show: '보기',
  found: (_count: number, text: string) => `식별자 ${text}개 발견`,
  alarms: '요청에 들어 있던 키와 비밀',
  alarmsLead: '마스킹되었습니다. 그래도 교체하십시오. 클라이언트의 파일이나 환경에 남아 있습니다.',
  requests: (_count: number, text: string) => `요청 ${text}건`,
  blobs: (_count: number, text: string) =>
    `이 프로세스가 시작된 뒤로 이미지, PDF, 파일 ${text}개가 마스킹되지 않고 나갔습니다(MASKING_BLOBS=pass).`,
  noAlarms: '이 프로세스가 시작된 뒤로 없습니다.',
  users: '사용자',
  user: '사용자',
  noUsers: '이 프로세스가 시작된 뒤로 마스킹된 것이 없습니다.',
  rules: '규칙',
  rulesLead: '이 프로세스가 시작된 뒤의 횟수입니다. 시간별 수치는 메트릭에 있습니다.',
  rule: '규칙',
  example: '예',
  lookAlike: '그대로 둠',
  masked: '마스킹',
  restored: '복원',
  left: '복원하지 않음',
  off: '꺼짐',
  own: '자체 규칙',
};

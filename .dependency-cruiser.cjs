/** Each rule is one sentence of the import rules in ARCHITECTURE.md. */
const room = '^apps/proxy/src/([^/]+)/';
const rooms = (...names) => `^apps/proxy/src/(${names.join('|')})/`;

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'libs-never-import-apps',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|infra|test)/' },
    },
    {
      name: 'nothing-imports-apps',
      severity: 'error',
      from: { pathNot: '^(apps|test|infra/cdk/test)/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-do-not-import-each-other',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'messages-api-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^libs/messages-api/' },
      to: { path: '^(libs/(?!messages-api/)|apps/)' },
    },
    {
      name: 'storage-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^libs/storage/' },
      to: { path: '^(libs/(?!storage/)|apps/)' },
    },
    {
      name: 'claude-models-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^libs/claude-models/' },
      to: { path: '^(libs/(?!claude-models/)|apps/)' },
    },
    {
      name: 'admin-api-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^libs/admin-api/' },
      to: { path: '^(libs/(?!admin-api/)|apps/)' },
    },
    {
      name: 'admin-client-imports-admin-api-only',
      severity: 'error',
      comment: 'No module of Node or of a browser: it runs in both.',
      from: { path: '^libs/admin-client/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^libs/admin-(client|api)/' },
    },
    {
      name: 'dashboard-imports-admin-client-and-admin-api-only',
      severity: 'error',
      from: { path: '^apps/dashboard/src/' },
      to: { path: '^libs/', pathNot: '^libs/admin-(client|api)/' },
    },
    {
      name: 'cli-imports-admin-client-and-admin-api-only',
      severity: 'error',
      from: { path: '^apps/cli/src/' },
      to: { path: '^libs/', pathNot: '^libs/admin-(client|api)/' },
    },
    {
      name: 'cli-loads-commander-and-no-other-package',
      severity: 'error',
      comment: 'A command starts in the time that its modules need.',
      from: { path: '^apps/cli/src/', pathNot: '(\\.spec\\.ts$|/schemas/)' },
      to: {
        path: 'node_modules',
        pathNot: 'node_modules/(commander|@types/node)/',
        dependencyTypesNot: ['core', 'type-only'],
      },
    },
    {
      name: 'only-dashboard-and-cli-import-admin-client',
      severity: 'error',
      from: { path: '^(apps|libs|infra)/', pathNot: '^(apps/(dashboard|cli)|libs/admin-client)/' },
      to: { path: '^libs/admin-client/' },
    },
    {
      name: 'upstream-imports-messages-api-only',
      severity: 'error',
      from: { path: '^libs/upstream/' },
      to: { path: '^libs/', pathNot: '^libs/(upstream|messages-api)/' },
    },
    {
      name: 'masking-lib-imports-messages-api-only',
      severity: 'error',
      from: { path: '^libs/masking/' },
      to: { path: '^libs/', pathNot: '^libs/(masking|messages-api)/' },
    },
    {
      name: 'simulator-imports-messages-api-and-claude-models-only',
      severity: 'error',
      from: { path: '^libs/simulator/' },
      to: { path: '^libs/', pathNot: '^libs/(simulator|messages-api|claude-models)/' },
    },
    {
      name: 'plain-files-of-claude-models-import-types-only',
      severity: 'error',
      from: { path: '^libs/claude-models/src/(models|bedrock-geographies|claude-model)\\.ts$' },
      to: { dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'infra-loads-plain-files-of-claude-models-only',
      severity: 'error',
      from: { path: '^infra/cdk/(bin|lib)/' },
      to: {
        path: '^(libs|apps|test)/',
        pathNot: '^libs/claude-models/src/(models|bedrock-geographies|claude-model)\\.ts$',
      },
    },
    {
      name: 'production-never-imports-tests-or-simulator',
      severity: 'error',
      from: { path: '^(apps/proxy/src|libs/[^/]+/src)/', pathNot: '(\\.spec\\.ts$|/testing/|^libs/simulator/)' },
      to: { path: '^(test/|libs/simulator/|libs/[^/]+/src/testing/)' },
    },
    {
      name: 'nothing-imports-edges-and-listeners',
      severity: 'error',
      from: { path: room, pathNot: rooms('ui', 'openai', 'health', 'observability', 'server', 'command') },
      to: { path: rooms('ui', 'openai', 'health', 'observability') },
    },
    {
      name: 'openai-imports-the-service-of-messages-only',
      severity: 'error',
      from: { path: rooms('openai') },
      to: { path: rooms('messages'), pathNot: '/messages\\.(service|module)\\.ts$' },
    },
    {
      name: 'only-openai-may-import-messages',
      severity: 'error',
      from: { path: room, pathNot: rooms('messages', 'openai') },
      to: { path: rooms('messages') },
    },
    {
      name: 'http-imports-exchange-and-config-only',
      severity: 'error',
      from: { path: rooms('http') },
      to: { path: room, pathNot: rooms('http', 'exchange', 'config') },
    },
    {
      name: 'auth-imports-http-exchange-config-and-state-only',
      severity: 'error',
      from: { path: rooms('auth') },
      to: { path: room, pathNot: rooms('auth', 'http', 'exchange', 'config', 'state') },
    },
    {
      name: 'server-and-command-are-imported-by-main-and-gateway-only',
      severity: 'error',
      from: { path: room, pathNot: rooms('server', 'command') },
      to: { path: rooms('server', 'command') },
    },
    {
      name: 'siblings-do-not-import-each-other',
      severity: 'error',
      from: { path: rooms('accounts', 'admission', 'fallback', 'masking', 'usage', 'request-log') },
      to: {
        path: rooms('accounts', 'admission', 'fallback', 'masking', 'usage', 'request-log', 'messages', 'upstreams'),
        pathNot: '^apps/proxy/src/$1/',
      },
    },
    {
      name: 'upstreams-import-their-own-folder-config-and-exchange-only',
      severity: 'error',
      from: { path: '^apps/proxy/src/upstreams/([^/]+)/' },
      to: { path: '^apps/proxy/src/', pathNot: '^apps/proxy/src/(upstreams/$1/|config/|exchange/)' },
    },
    {
      name: 'only-the-composition-imports-upstreams',
      severity: 'error',
      from: { path: room, pathNot: rooms('upstreams', 'command') },
      to: { path: rooms('upstreams') },
    },
    {
      name: 'prices-imports-exchange-and-config-only',
      severity: 'error',
      from: { path: rooms('prices') },
      to: { path: room, pathNot: rooms('prices', 'exchange', 'config') },
    },
    {
      name: 'foundations-import-no-room',
      severity: 'error',
      from: { path: rooms('config', 'exchange', 'state', 'recording') },
      to: { path: room, pathNot: rooms('config', 'exchange', 'state', 'recording') },
    },
    {
      name: 'only-composition-files-import-app-module',
      severity: 'error',
      from: { pathNot: '^(apps/proxy/src/(gateway\\.ts|command/)|test/)' },
      to: { path: '^apps/proxy/src/app\\.module\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};

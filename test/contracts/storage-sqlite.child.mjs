/** Another process on the same file: counts as often as it is told. Reads the sources as they are, without a build. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier.startsWith('./') ? specifier.replace(/\.js$/, '.ts') : specifier, context),
});

const { SqliteTableStore } = await import('../../libs/storage/src/sqlite-store.ts');
const [directory, times] = process.argv.slice(2);
const store = SqliteTableStore.open({ directory });
const counters = store.table({ name: 'counters', partitionKey: 'id' });
for (let count = 0; count < Number(times); count++) await incremented();
await store.close();

/** On a busy machine the other process may hold the file for longer than we wait; nothing was counted then. */
async function incremented() {
  try {
    await counters.increment({ id: 'shared' }, { add: { count: 1 } });
  } catch (error) {
    if (error.kind !== 'throttled') throw error;
    await incremented();
  }
}

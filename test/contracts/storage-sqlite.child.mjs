/** Another process on the same file; the argument is its number of increments. Imports the sources without a build. */
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

/** On a busy machine the other process can lock the file beyond our timeout. The increment was then not counted. */
async function incremented() {
  try {
    await counters.increment({ id: 'shared' }, { add: { count: 1 } });
  } catch (error) {
    if (error.kind !== 'throttled') throw error;
    await incremented();
  }
}

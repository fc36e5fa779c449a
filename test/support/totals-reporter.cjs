/** Ends a run with one plain line, so that a log shows that tests ran. */
module.exports = class TotalsReporter {
  onRunComplete(_contexts, results) {
    const skipped = results.numPendingTests + results.numTodoTests;
    const suitesThatDidNotStart = results.numRuntimeErrorTestSuites;
    const failed = results.numFailedTests + suitesThatDidNotStart;
    const tail = skipped > 0 ? `, ${skipped} skipped` : '';
    const line = `\n${results.numPassedTests} passed, ${failed} failed${tail}\n`;
    // Jest prints its own summary after every reporter.
    process.once('exit', () => process.stderr.write(line));
  }
};

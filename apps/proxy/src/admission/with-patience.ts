/** Rejects if it takes too long. An answer that came while this process was busy itself still counts. */
export function withPatience<Answer>(asked: Promise<Answer>, patienceMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const giveUp = () => setImmediate(() => reject(new Error(`no answer in ${patienceMs} ms`)));
    const patience = setTimeout(giveUp, patienceMs);
    asked.then(resolve, reject).finally(() => clearTimeout(patience));
  });
}

import { labelOf } from '../recording/labels.js';

/** Maximum number of model labels, because names come from clients. */
const MAX_MODEL_LABELS = 50;

/** Names of models as labels of metrics: those that were answered first, and `other`. */
export class ModelLabels implements Iterable<string> {
  private readonly models = new Set<string>();

  /**
   * @param isAnswered only an answer adds a name: refused requests may name anything, and would take the places of models
   * that are used
   */
  labelFor(name: string | undefined, isAnswered: boolean): string {
    if (name === undefined) return 'none';
    const label = labelOf(name);
    if (this.models.has(label)) return label;
    if (!isAnswered || this.models.size >= MAX_MODEL_LABELS) return 'other';
    this.models.add(label);
    return label;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.models.values();
  }
}

import { describe, expect, it } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { SHAPES, type ShapeName } from './support/shapes.ts';
import { synthesise } from './support/synthesise.ts';
import { collisionsBetween, physicalNamesIn, replacedBetween } from './support/update-steps.ts';

/** Each shape is synthesized once. */
const shapes = Object.fromEntries(
  Object.entries(SHAPES).map(([name, context]) => [name, synthesise(context)]),
) as Record<ShapeName, Template>;

describe('an update', () => {
  it.each<[ShapeName, ShapeName]>([
    ['open trial', 'certificate'],
    ['certificate', 'open trial'],
    ['certificate', 'internal'],
    ['internal', 'certificate'],
    ['trial', 'internal'],
    ['trial', 'open trial'],
    ['certificate', 'oidc'],
    ['oidc', 'certificate'],
    ['certificate', 'waf'],
    ['waf', 'certificate'],
  ])('from %s to %s creates nothing that collides with what exists', (before, after) => {
    expect(collisionsBetween(shapes[before], shapes[after])).toEqual([]);
  });

  it('from a trial to a certificate keeps the load balancer, its name and both target groups', () => {
    expect(replacedBetween(shapes['open trial'], shapes.certificate)).toEqual([]);
    expect(replacedBetween(shapes.trial, shapes.internal)).toEqual([]);
  });

  it('between internal and Internet-facing replaces the load balancer, with a target group of its own', () => {
    expect(replacedBetween(shapes.certificate, shapes.internal)).toEqual([
      expect.stringContaining('InternalTasks'),
      expect.stringContaining('LoadBalancer'),
    ]);
  });

  it('never gives a table another name', () => {
    const names = Object.entries(shapes).map(([shape, template]) => [
      shape === 'another environment',
      Object.values(template.findResources('AWS::DynamoDB::GlobalTable')).map(({ Properties }) => Properties.TableName),
    ]);
    expect(new Set(names.filter(([isOther]) => !isOther).map(([, tables]) => String(tables))).size).toBe(1);
  });
});

describe('a second deployment in the same account and Region', () => {
  it('shares no name with the first', () => {
    const first = new Set(physicalNamesIn(shapes.waf));
    const second = physicalNamesIn(shapes['another environment']);
    expect(first.size).toBeGreaterThan(4);
    expect(second.filter((name) => first.has(name))).toEqual([]);
  });
});

import { Stack } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface BudgetProps {
  readonly monthlyUsd: number;
  readonly topic: ITopic;
}

const NOTICE_PERCENT = 80;
const FORECAST_PERCENT = 100;

/**
 * Notices of AWS Budgets about the whole account. A budget of one service would miss Claude on Bedrock: AWS Marketplace
 * bills it, under the name of the model.
 */
export class Budget extends Construct {
  constructor(scope: Construct, id: string, { monthlyUsd, topic }: BudgetProps) {
    super(scope, id);
    const budgets = new ServicePrincipal('budgets.amazonaws.com');
    const isOwn = topic.addToResourcePolicy(
      new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn], principals: [budgets] }),
    ).statementAdded;
    const notice = (notificationType: string, threshold: number) => ({
      notification: { notificationType, comparisonOperator: 'GREATER_THAN', threshold, thresholdType: 'PERCENTAGE' },
      subscribers: [{ subscriptionType: 'SNS', address: topic.topicArn }],
    });
    const budget = new CfnBudget(this, 'Monthly', {
      budget: {
        budgetName: `${Stack.of(this).stackName}-monthly`,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyUsd, unit: 'USD' },
      },
      notificationsWithSubscribers: [notice('ACTUAL', NOTICE_PERCENT), notice('FORECASTED', FORECAST_PERCENT)],
    });
    if (isOwn) budget.node.addDependency(topic);
  }
}

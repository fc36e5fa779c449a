/**
 * Refuses a Region in which the stack would be created and could not work.
 *
 * @throws Error for China, for isolated Regions, and for GovCloud without models of one's own
 */
export function expectUsableRegion(region: string, furtherArns: readonly string[]): void {
  if (/^(cn|us-iso|us-isob|us-isof|eu-isoe)-/.test(region))
    throw new Error(
      `AWS Bedrock has no Claude models in the Region "${region}". Choose a Region of AWS's standard partition, such as us-east-1.`,
    );
  if (region.startsWith('us-gov-') && furtherArns.length === 0)
    throw new Error(
      `No model of the built-in list has an inference profile in the Region "${region}": GovCloud has profiles of its own ("us-gov."). Set "bedrockArns" to their ARNs and to those of their models, and BEDROCK_MODEL_MAP among the "settings".`,
    );
}

import { join } from 'node:path';
import { Arn, ArnFormat, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';

export type Architecture = 'arm64' | 'x86_64';

const REPOSITORY = join(import.meta.dirname, '../../..');
const WITH_DIGEST = /^[^@\s]+@sha256:[0-9a-f]{64}$/;
const IN_ECR = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^@:]+)(?::[^@]+)?@(sha256:.+)$/;

/**
 * Synthesis hashes the files that `.dockerignore` allows. The image itself is built during the deployment.
 *
 * @param nodeImage the base, with its digest. Default: the version that the Dockerfile names
 * @throws Error if the base has no digest
 */
export function proxyImage(architecture: Architecture, nodeImage?: string): ContainerImage {
  if (nodeImage !== undefined && !WITH_DIGEST.test(nodeImage))
    throw new Error(
      `The context "nodeImage" must name an image of Node with its digest, such as node:24.21.0-bookworm-slim@sha256:…; it is "${nodeImage}".`,
    );
  return ContainerImage.fromAsset(REPOSITORY, {
    platform: architecture === 'arm64' ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
    ...(nodeImage !== undefined && { buildArgs: { NODE_IMAGE: nodeImage } }),
  });
}

/**
 * An image that a pipeline has built, so that a deployment needs no Docker. The digest makes the deployed bytes certain:
 * a tag can be moved between two starts of a task.
 *
 * @throws Error if the URI has no digest
 */
export function builtImage(scope: Construct, uri: string): ContainerImage {
  if (!WITH_DIGEST.test(uri))
    throw new Error(
      `The context "image" must be the URI of an image with its digest, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com/claude-code-proxy@sha256:…; it is "${uri}".`,
    );
  const [, account, region, repositoryName, digest] = IN_ECR.exec(uri) ?? [];
  if (account === undefined || region === undefined || repositoryName === undefined) {
    return ContainerImage.fromRegistry(uri);
  }
  const parts = { service: 'ecr', account, region, resource: 'repository', resourceName: repositoryName };
  const repositoryArn = Arn.format({ ...parts, arnFormat: ArnFormat.SLASH_RESOURCE_NAME }, Stack.of(scope));
  const repository = Repository.fromRepositoryAttributes(scope, 'Images', { repositoryArn, repositoryName });
  return ContainerImage.fromEcrRepository(repository, digest);
}

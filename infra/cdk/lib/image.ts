import { join } from 'node:path';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';

export type Architecture = 'arm64' | 'x86_64';

const REPOSITORY = join(import.meta.dirname, '../../..');

/** Synthesis hashes the files that `.dockerignore` allows. The image itself is built during the deployment. */
export function proxyImage(architecture: Architecture): ContainerImage {
  return ContainerImage.fromAsset(REPOSITORY, {
    platform: architecture === 'arm64' ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
  });
}

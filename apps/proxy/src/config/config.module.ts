import { ClaudeModels } from '@claude-proxy/claude-models';
import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule as NestConfigModule, registerAs } from '@nestjs/config';
import type { Declaration } from './declarations.js';
import { effectiveSections, effectiveSettings } from './effective-settings.js';
import { type ModelsConfig, modelsSection } from './models.config.js';
import { modelsWith } from './models-file.js';
import type { Environment, GatewayConfig } from './read-config.js';
import type { Section } from './section.js';

/** The settings in force by variable, safe to show. */
export const EFFECTIVE_SETTINGS = Symbol('effective settings');
/** The same by section, with their sources. */
export const EFFECTIVE_SECTIONS = Symbol('effective sections');

const modelsProvider = {
  provide: ClaudeModels,
  inject: [modelsSection.token],
  useFactory: ({ modelsFile }: ModelsConfig) => (modelsFile ? modelsWith(modelsFile) : new ClaudeModels()),
};

@Module({})
class ConfigFeature {}

/**
 * Hands each room its section of the configuration, read and validated before Nest exists.
 *
 * Promises: a room sees its own section under `<section>.token`, frozen, and nothing else; every room sees the same list
 * of models (`ClaudeModels`). May enter: the kinds of values and their reader. Must not: any room, any look at the
 * environment but `environment.ts`.
 */
@Module({})
export class ConfigModule {
  /** Declares the variables of a room, ours or a guest's: read, validated, documented and shown like all others. */
  static forFeature(section: Section): Declaration<'section', Section> {
    return { module: ConfigFeature, declares: { section } };
  }

  /** @param config what the sections hold, read whole */
  static forRoot(config: GatewayConfig, environment: Environment, sections: readonly Section[]): DynamicModule {
    const effective = effectiveSections(environment, sections);
    const load = Object.entries(config).map(([name, values]) => registerAs(name, () => values));
    return {
      module: ConfigModule,
      global: true,
      imports: [NestConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, skipProcessEnv: true, load })],
      providers: [
        { provide: EFFECTIVE_SETTINGS, useValue: effectiveSettings(effective) },
        { provide: EFFECTIVE_SECTIONS, useValue: effective },
        modelsProvider,
      ],
      exports: [EFFECTIVE_SETTINGS, EFFECTIVE_SECTIONS, ClaudeModels],
    };
  }
}

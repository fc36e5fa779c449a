import { Module } from '@nestjs/common';
import { ConfigModule } from '../config/config.module.js';
import { accessRoomTable } from '../state/access.table.js';
import { type StateConfig, stateSection } from '../state/state.config.js';
import { StateModule } from '../state/state.module.js';
import { AdminAccess } from './admin.access.js';
import { AdminReader } from './admin.reader.js';
import { AdminToken } from './admin-token.js';
import { albSection } from './alb.config.js';
import { AuditController } from './audit.controller.js';
import { AuditLog } from './audit.log.js';
import { type AuthConfig, authSection } from './auth.config.js';
import { CallerGuard } from './caller.guard.js';
import { CredentialReader } from './credential.reader.js';
import { EndedSessions } from './ended-sessions.js';
import { ClientKeyStore } from './keys/client-key.store.js';
import { ClientKeys } from './keys/client-keys.service.js';
import { KeyRegister } from './keys/key.register.js';
import { KeyPepper } from './keys/key-pepper.js';
import { type KeysConfig, keysSection } from './keys/keys.config.js';
import { KeysController } from './keys/keys.controller.js';
import { MeController } from './me.controller.js';
import { SessionController } from './session.controller.js';
import { SignInCodes } from './sign-in-codes.js';
import { TeamDirectory } from './teams/team.directory.js';
import { TeamsController } from './teams/teams.controller.js';
import { ThisMachine } from './this-machine.js';

/**
 * Identity of callers: the client key or the user in the path, the credential in the headers, the operator with the admin
 * token.
 *
 * Promises: a credential is read in one place; other rooms use its fingerprint.
 * May enter: checks of identity. Must not: limits, budgets, the content of requests.
 */
@Module({
  imports: [
    ConfigModule.forFeature(authSection),
    ConfigModule.forFeature(albSection),
    ConfigModule.forFeature(keysSection),
    StateModule.forFeature(accessRoomTable),
  ],
  controllers: [SessionController, AuditController, KeysController, MeController, TeamsController],
  providers: [
    {
      provide: AdminToken,
      useFactory: (auth: AuthConfig, state: StateConfig) => AdminToken.resolve(auth, state),
      inject: [authSection.token, stateSection.token],
    },
    AdminAccess,
    AdminReader,
    AuditLog,
    CallerGuard,
    ClientKeys,
    ClientKeyStore,
    CredentialReader,
    EndedSessions,
    {
      provide: KeyPepper,
      useFactory: ({ pepper }: KeysConfig) => new KeyPepper(pepper?.reveal()),
      inject: [keysSection.token],
    },
    KeyRegister,
    TeamDirectory,
    SignInCodes,
    ThisMachine,
  ],
  exports: [
    AdminAccess,
    AdminReader,
    AdminToken,
    AuditLog,
    CallerGuard,
    ClientKeys,
    CredentialReader,
    SignInCodes,
    TeamDirectory,
    ThisMachine,
  ],
})
export class AuthModule {}

import { Global, Module } from '@nestjs/common';
import { AdminGuard } from './admin.guard.js';
import { AuditController } from './audit.controller.js';
import { AuditLog } from './audit.log.js';
import { CredentialReader } from './credential.reader.js';
import { SessionController } from './session.controller.js';

/**
 * Who is calling: the user in the path, the credential in the headers, the operator behind the admin token.
 *
 * Promises: a credential is read in one place and known elsewhere by its fingerprint only.
 * May enter: checks of identity. Must not: limits, budgets, anything about what is asked.
 */
@Global()
@Module({
  controllers: [SessionController, AuditController],
  providers: [AdminGuard, AuditLog, CredentialReader],
  exports: [AdminGuard, AuditLog, CredentialReader],
})
export class AuthModule {}

import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { readBuiltPage } from './built-page.js';
import { OpenApiController } from './openapi.controller.js';
import { RootController } from './root.controller.js';
import { BUILT_PAGE, UiController } from './ui.controller.js';

/**
 * Hands out the dashboard at `/ui` and the OpenAPI document, and shows the way there from `/`.
 *
 * Promises: the built page, read once at the start, under a strict Content-Security-Policy; nothing from elsewhere.
 * May enter: files and their headers. Must not: data. The page asks the admin API like any other client.
 */
@Module({
  imports: [AuthModule],
  controllers: [RootController, UiController, OpenApiController],
  providers: [{ provide: BUILT_PAGE, useFactory: readBuiltPage }],
})
export class UiModule {}

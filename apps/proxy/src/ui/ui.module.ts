import { Module } from '@nestjs/common';
import { readBuiltPage } from './built-page.js';
import { BUILT_PAGE, UiController } from './ui.controller.js';

/**
 * Hands out the dashboard at `/ui`.
 *
 * Promises: the built page, read once at the start, under a strict Content-Security-Policy; nothing from elsewhere.
 * May enter: files and their headers. Must not: data. The page asks the admin API like any other client.
 */
@Module({
  controllers: [UiController],
  providers: [{ provide: BUILT_PAGE, useFactory: readBuiltPage }],
})
export class UiModule {}

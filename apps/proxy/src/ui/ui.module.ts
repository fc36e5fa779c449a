import { Module } from '@nestjs/common';
import { readBuiltPage } from './built-page.js';
import { RootController } from './root.controller.js';
import { BUILT_PAGE, UiController } from './ui.controller.js';

/**
 * Hands out the dashboard at `/ui`, and shows the way there from `/`.
 *
 * Promises: the built page, read once at the start, under a strict Content-Security-Policy; nothing from elsewhere.
 * May enter: files and their headers. Must not: data. The page asks the admin API like any other client.
 */
@Module({
  controllers: [RootController, UiController],
  providers: [{ provide: BUILT_PAGE, useFactory: readBuiltPage }],
})
export class UiModule {}

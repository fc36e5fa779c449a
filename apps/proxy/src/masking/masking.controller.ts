import type { MaskingPreview, MaskingRules } from '@claude-proxy/admin-api';
import { FORMS, findOriginals, replacedText } from '@claude-proxy/masking';
import { Body, Get, HttpCode, Post } from '@nestjs/common';
import { IsString, MaxLength } from 'class-validator';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { MaskingFigures } from './masking.figures.js';
import { MaskingService } from './masking.service.js';

const MAX_TEXT_CHARACTERS = 200_000;

class PreviewDto {
  @IsString({ message: 'text is required and must be a text' })
  @MaxLength(MAX_TEXT_CHARACTERS, { message: `text may have at most ${MAX_TEXT_CHARACTERS} characters` })
  text!: string;
}

/** What would be masked in a text, and by which rule. Nothing is kept. */
@AdminController('api/masking')
export class MaskingController {
  constructor(
    private readonly masking: MaskingService,
    private readonly figures: MaskingFigures,
  ) {}

  @Post('preview')
  @HttpCode(200)
  preview(@Body() { text }: PreviewDto): MaskingPreview {
    const replacements = findOriginals(text, this.masking.previewMap(), this.masking.rules.options);
    const matches = new Map(
      replacements.map(({ rule, matchStart, matchEnd }) => [
        `${rule} ${matchStart}`,
        { rule, start: matchStart, end: matchEnd },
      ]),
    );
    return { masked: replacedText(text, replacements), matches: [...matches.values()] };
  }

  @Get('rules')
  rules(): MaskingRules {
    const {
      config,
      rules: { version, source },
    } = this.masking;
    return {
      masking: config.masking,
      vault: config.vault,
      blobs: config.blobs,
      rules: FORMS.map((form) => ({
        number: form.number,
        name: form.name,
        examples: form.examples,
        look_alikes: form.lookAlikes,
        is_on: this.masking.isOnByDefault && ('switch' in form && form.switch === 'ips' ? source.hasAddresses : true),
        is_alarm: this.masking.isAlarm(form.name),
      })),
      version,
      own_rules: source.rules.map(({ name }) => name),
      figures: this.figures.all,
    };
  }
}

import { Injectable } from '@nestjs/common';

/** Whether the process is shutting down. */
@Injectable()
export class Lifecycle {
  isDraining = false;
}

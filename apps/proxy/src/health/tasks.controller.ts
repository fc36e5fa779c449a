import type { TaskList } from '@claude-proxy/admin-api';
import { Get } from '@nestjs/common';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { OpenToThisMachine } from '../auth/this-machine.js';
import { TaskRegister } from '../state/task.register.js';

/** The processes that serve this deployment. */
@AdminController('api/tasks')
@OpenToThisMachine()
export class TasksController {
  constructor(private readonly tasks: TaskRegister) {}

  @Get()
  list(): Promise<TaskList> {
    return this.tasks.list();
  }
}

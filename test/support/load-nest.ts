/**
 * Loaded before every test of behaviour. Two packages of CommonJS (`@nestjs/throttler`, its Redis storage) require Nest,
 * which is ESM; Jest, other than Node, lets them only when Nest has been evaluated before they are linked.
 */
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';

/**
 * Loaded before every behavior test. Two CommonJS packages (`@nestjs/throttler` and its Redis storage) require Nest,
 * which is ESM. Unlike Node, Jest allows this only if Nest was evaluated before they are linked.
 */
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';

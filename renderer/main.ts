/** The window begins here: the host it lives in, the shell over it, and the page. */
import { mount } from 'svelte';
import App from './App.svelte';
import { browserHost } from './host/browser.ts';
import { electronHost } from './host/electron.ts';
import { tellOfFaults } from './state/page-faults.ts';
import { Shell } from './state/shell.svelte.ts';
import './style.css';
import { workspaces } from './workspaces/registry.ts';

const host = window.reverie === undefined ? browserHost() : electronHost(window.reverie);
const shell = new Shell(host, await host.openStorage(), workspaces);

tellOfFaults(window, host.studio);
mount(App, { target: document.body, props: { shell } });

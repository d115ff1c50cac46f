/** The studio as a person uses it: its parts by the names that a screen reader tells. */
import { expect, type Locator, type Page } from '@playwright/test';
import type { Door, Start } from './doors.ts';
import { signalEngine } from './processes.ts';

/** Small and quick, and still a whole dream: two octaves of a network with real features. */
export const QUICK = { Octaves: '2', Steps: '4' } as const;

type NumberSetting = 'Frames' | 'Octaves' | 'Steps' | 'Strength' | 'Size' | 'Seed';

export class Studio {
  readonly #door: Door;
  #page: Page | undefined;
  /** From the start of the program to a window that can be used, the last time. */
  msToOpen = 0;
  readonly #complaints: string[] = [];
  /** While the program is dead, a page complains rightly. */
  #alive = false;

  constructor(door: Door) {
    this.#door = door;
  }

  get page(): Page {
    if (this.#page === undefined) throw new Error('The studio has not been opened.');
    return this.#page;
  }

  /** Opens the program, or opens it again. */
  async start(how: Start = {}): Promise<void> {
    const begin = performance.now();
    const page = await this.#door.open(how);
    if (page !== this.#page) this.#listen(page);
    this.#page = page;
    await expect(this.navigation.first()).toBeVisible();
    await expect(page.getByText('Opening the studio…')).toBeHidden();
    await expect(page.getByText('The connection to Reverie was lost; it is being made again')).toBeHidden();
    this.msToOpen = performance.now() - begin;
    this.#alive = true;
  }

  async quit(): Promise<void> {
    this.#alive = false;
    await this.#door.quit();
  }

  /** Ends the whole program without a word. */
  async kill(): Promise<void> {
    this.#alive = false;
    await this.#door.kill();
  }

  /** As a page that has never been here. */
  async forgetPage(): Promise<void> {
    // A desktop window has gone with its program, and what it remembers lies in the home.
    if (!this.page.isClosed()) await this.page.evaluate(() => localStorage.clear());
  }

  killEngine(): void {
    signalEngine(this.#door.pid, 'SIGKILL');
  }

  /** As a driver does that hangs. */
  freezeEngine(): void {
    signalEngine(this.#door.pid, 'SIGSTOP');
  }

  thawEngine(): void {
    signalEngine(this.#door.pid, 'SIGCONT');
  }

  expectNoComplaints(): void {
    expect(this.#complaints).toEqual([]);
  }

  /** For a test that makes the page do what it must not: what it says about that is forgotten. */
  forgiveComplaints(about: RegExp): void {
    const others = this.#complaints.filter((complaint) => !about.test(complaint));
    this.#complaints.splice(0, Infinity, ...others);
  }

  // Workspaces

  get navigation(): Locator {
    return this.page.getByRole('navigation', { name: 'Workspaces' }).getByRole('button');
  }

  async go(
    workspace: 'Gallery' | 'Dream' | 'Film' | 'Neurons' | 'Explain' | 'Attack' | 'Models',
  ): Promise<void> {
    await this.navigation.filter({ hasText: workspace }).click();
    await expect(this.page.getByRole('main', { name: workspace })).toBeVisible();
  }

  /** Chooses a theme as a person does. */
  async wear(theme: 'dark' | 'light'): Promise<void> {
    await this.page.getByRole('button', { name: 'Settings' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Settings' });
    await dialog.getByLabel('Appearance').selectOption(theme);
    await expect(this.page.locator('html')).toHaveAttribute('data-theme', theme);
    await dialog.getByRole('button', { name: 'Close' }).click();
  }

  // Gallery

  /** Drops files on the window, by their paths. */
  async drop(...files: string[]): Promise<void> {
    await this.page.getByRole('main').drop({ files });
  }

  get pictures(): Locator {
    return this.page.getByRole('listbox', { name: 'Pictures' }).getByRole('option');
  }

  /** How many there are: only those near the view are on the page. */
  async expectPictures(count: number): Promise<void> {
    await expect(this.pictures.first()).toHaveAttribute('aria-setsize', String(count));
  }

  picture(name: string): Locator {
    return this.pictures.filter({
      has: this.page.locator(`xpath=self::*[starts-with(@aria-label, "${name}")]`),
    });
  }

  /** Drops a picture and lays it on the dream desk. */
  async layOnDesk(file: string): Promise<void> {
    await this.drop(file);
    await this.button('Dream on this picture').click();
  }

  /** What was refused, and why. */
  get refusals(): Locator {
    return this.page.getByRole('alert').getByRole('listitem');
  }

  // Dream

  async set(settings: Partial<Record<NumberSetting, string>>): Promise<void> {
    for (const [label, value] of Object.entries(settings)) {
      const box = this.page.getByRole('textbox', { name: label, exact: true });
      await box.fill(value);
      await box.press('Tab');
      await expect(box).toHaveValue(value);
    }
  }

  /** A button of the workspace; those of the bars above and below it are found on the page. */
  button(name: string): Locator {
    return this.page.getByRole('main').getByRole('button', { name, exact: true });
  }

  get jobBar(): Locator {
    return this.page.getByRole('contentinfo', { name: 'Jobs' });
  }

  /** The canvas, by what it says that it shows. */
  canvas(label: string | RegExp): Locator {
    return this.page.getByRole('img', { name: label });
  }

  get steps(): Locator {
    return this.page.getByRole('slider', { name: 'Step of the dream' });
  }

  /** The newest step, as the slider tells it; 0 before the first. */
  async lastStep(): Promise<number> {
    return Number(await this.steps.inputValue());
  }

  async waitForStep(step: number): Promise<void> {
    await expect.poll(() => this.lastStep(), { intervals: [100] }).toBeGreaterThanOrEqual(step);
  }

  async expectFinished(): Promise<void> {
    await expect(this.canvas('The finished dream')).toBeVisible();
  }

  /** The pixels of the canvas as one number, to tell whether the picture is another one. */
  async pixels(): Promise<number> {
    return this.page.locator('canvas').evaluate((canvas) => {
      if (!(canvas instanceof HTMLCanvasElement)) return 0;
      // Read from a copy, so that the canvas itself stays as fast as it is.
      const copy = new OffscreenCanvas(canvas.width, canvas.height);
      const context = copy.getContext('2d', { willReadFrequently: true });
      context?.drawImage(canvas, 0, 0);
      let sum = 0;
      for (const value of context?.getImageData(0, 0, copy.width, copy.height).data ?? [])
        sum = (Math.imul(sum, 31) + value) | 0;
      return sum;
    });
  }

  /** Does what leads to one saved file; its path. */
  async save(begin: () => Promise<void>, path: string): Promise<string> {
    await this.#door.saveFile(begin, path);
    return path;
  }

  /** Does what leads to so many saved files; their paths, in the folder. */
  async saveAll(begin: () => Promise<void>, folder: string, count: number): Promise<readonly string[]> {
    return this.#door.saveFiles(begin, folder, count);
  }

  /** The page must stay with its own machine, and find nothing wrong with itself. */
  #listen(page: Page): void {
    const complain = (text: string): void => {
      if (this.#alive) this.#complaints.push(text);
    };
    page.on('pageerror', (error) => complain(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complain(message.text());
    });
    page.on('request', (request) => {
      const { hostname, protocol } = new URL(request.url());
      const own = ['blob:', 'data:', 'file:', 'reverie:'].includes(protocol) || hostname === '127.0.0.1';
      if (!own) complain(`The page asked for ${request.url()}.`);
    });
  }
}

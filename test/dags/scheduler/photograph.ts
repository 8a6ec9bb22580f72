import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

/** Pictures of pages, each when it is at rest: `node photograph.ts '{"http://127.0.0.1:1/page": "page.png"}'`. */
const pages = JSON.parse(process.argv[2] ?? '{}') as Readonly<Record<string, string>>
const profile = mkdtempSync(join(tmpdir(), 'tidemark-chromium-'))
const quiet = ['--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update']

const context = await chromium.launchPersistentContext(profile, {
  executablePath: '/usr/bin/chromium',
  args: [...quiet, '--no-first-run', '--disable-sync'],
  chromiumSandbox: process.getuid?.() !== 0,
  viewport: { width: 1280, height: 720 },
})
try {
  const page = await context.newPage()
  for (const [url, path] of Object.entries(pages)) {
    await page.goto(url, { waitUntil: 'networkidle' })
    // Nothing is a placeholder any more, and JSON is in full.
    await page.locator('[class*=skeleton]').first().waitFor({ state: 'detached' })
    const expand = page.getByRole('button', { name: /^expand/i })
    if ((await expand.count()) > 0) await expand.first().click()
    await page.screenshot({ path, animations: 'disabled' })
  }
} finally {
  await context.close()
  rmSync(profile, { recursive: true, force: true })
}

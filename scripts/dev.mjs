// npm run dev: the renderer with hot reload over a browser host that is rebuilt and restarted. No Electron needed.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer as createSocket } from 'node:net'
import path from 'node:path'
import { ensureInstalled } from './install.mjs'
import { projectRoot, runScript } from './project.mjs'

const loopback = '127.0.0.1'
/** The page never sees it: the proxy below adds it to what passes. */
const apiKey = process.env.DASHBOARD_API_KEY ?? randomBytes(24).toString('base64url')
const pagePort = Number(process.env.PORT ?? 5173)
const hostFolder = path.join(projectRoot, 'dist/dev')
/** What the browser host answers; all else below /dashboard/ is the renderer's. */
const hostRoutes = '^/dashboard/(rpc|api|sse|login|logout)(/|\\?|$)'

await runScript(async () => {
  await ensureInstalled()
  const { build, createServer } = await import('vite')
  const hostPort = await freePort()
  const hostOrigin = `http://${loopback}:${hostPort}`
  const pageOrigin = `http://${loopback}:${pagePort}`

  const page = await createServer({
    configFile: path.join(projectRoot, 'vite.config.ts'),
    server: {
      host: loopback,
      port: pagePort,
      strictPort: true,
      proxy: {
        [hostRoutes]: {
          target: hostOrigin,
          changeOrigin: true,
          configure: (proxy) =>
            proxy.on('proxyReq', (request) => {
              // Sessions end with each restart of the host; the key does not.
              request.setHeader('x-dashboard-key', apiKey)
              // The host takes changes from its own origin alone, and here the page's is Vite's.
              if (request.getHeader('origin') === pageOrigin) request.setHeader('origin', hostOrigin)
            }),
        },
      },
    },
  })
  await page.listen()

  let host
  const restartHost = async () => {
    await stop(host)
    host = spawn(process.execPath, ['--enable-source-maps', path.join(hostFolder, 'web.js')], {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        NODE_ENV: 'development',
        DASHBOARD_API_KEY: apiKey,
        HOST: loopback,
        PORT: String(hostPort),
      },
    })
    // The address that the host prints, login link and all, is reached through Vite.
    host.stdout.setEncoding('utf8').on('data', (text) => process.stdout.write(text.replaceAll(hostOrigin, pageOrigin)))
  }

  rmSync(hostFolder, { recursive: true, force: true })
  const watcher = await build({
    configFile: path.join(projectRoot, 'vite.main.config.ts'),
    logLevel: 'warn',
    // Not emptied: a host that is just starting still reads what the next build would remove.
    build: { outDir: hostFolder, emptyOutDir: false, sourcemap: true, watch: {} },
  })
  let restarting = Promise.resolve()
  watcher.on('event', (event) => {
    if (event.code === 'ERROR') console.error(event.error.message)
    if (event.code === 'END') restarting = restarting.then(restartHost)
  })

  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, async () => {
      await Promise.all([stop(host), watcher.close(), page.close()])
      process.exit(0)
    })
  }
})

/** Waits for the end, so that the next host finds port and replica free. */
async function stop(child) {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGTERM')
  await ended
}

function freePort() {
  return new Promise((resolve, reject) => {
    const socket = createSocket()
    socket.once('error', reject).listen(0, loopback, () => {
      const { port } = socket.address()
      socket.close(() => resolve(port))
    })
  })
}

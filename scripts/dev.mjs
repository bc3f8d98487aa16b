// npm run dev: the renderer with hot reload over a browser host that is rebuilt and restarted. No Electron needed.
import { spawn } from 'node:child_process'
import { createServer as createSocket } from 'node:net'
import path from 'node:path'
import { ensureInstalled } from './install.mjs'
import { projectRoot, runScript } from './project.mjs'

const loopback = '127.0.0.1'
const pagePort = Number(process.env.PORT ?? 5173)
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
          // The host takes changes from its own origin alone; here the page's origin is Vite's.
          configure: (proxy) =>
            proxy.on('proxyReq', (request) => {
              if (request.hasHeader('origin')) request.setHeader('origin', hostOrigin)
            }),
        },
      },
    },
  })
  await page.listen()

  let host
  const restartHost = async () => {
    await stop(host)
    host = spawn(process.execPath, ['--enable-source-maps', path.join(projectRoot, 'dist/dev/web.js')], {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_ENV: 'development', HOST: loopback, PORT: String(hostPort) },
    })
    // The address that the host prints, login link and all, is reached through Vite.
    host.stdout.setEncoding('utf8').on('data', (text) => process.stdout.write(text.replaceAll(hostOrigin, pageOrigin)))
  }

  const watcher = await build({
    configFile: path.join(projectRoot, 'vite.main.config.ts'),
    logLevel: 'warn',
    build: { outDir: path.join(projectRoot, 'dist/dev'), emptyOutDir: true, sourcemap: true, watch: {} },
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

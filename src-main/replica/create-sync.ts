import type { ManualLink } from '../contract/manual-links'
import { doneHere, type Remote } from '../core/remote-work'
import type { Log, OfflineWish, Source, Sync } from '../core/ports'
import { createBackfill } from './backfill'
import { createFollow } from './follow'
import { createOfflinePass } from './offline-pass'
import { createReconcile } from './reconcile'
import type { ReplicaStore } from './replica-store'
import { refreshCounts, type SyncContext } from './sync-context'
import { createSyncLoop } from './sync-loop'
import { createSyncStatus } from './sync-state'
import { createThreadPass } from './thread-pass'
import { createThreadWork, type ThreadWork } from './thread-work'
import { createUsagePass } from './usage-pass'

/**
 * Keeps the replica equal to the source: the newest day first, then backwards, then forward for as long as it runs.
 * Loops at their own pace, so that none waits for another. `now` is the app's clock in ms.
 */
export function createSync(options: {
  source: Source
  replica: ReplicaStore
  log: Log
  retentionDays: number
  /** Where bodies are parsed and requests joined; in this thread unless it is said. */
  threadWork?: Remote<ThreadWork>
  /** What the user split and joined by hand, oldest first. */
  manualLinks?: () => readonly ManualLink[]
  /** Which texts are to be had without a network; null while none are to be fetched. */
  offlineWish?: () => OfflineWish | null
  now?: () => number
  /** Asks nothing of the source, and says what is here. */
  isPaused?: boolean
  /** What is here answers the first questions alone for so long, unless somebody asks for news. */
  quietMs?: number
}): Sync {
  const {
    source,
    replica,
    log,
    retentionDays,
    manualLinks = () => [],
    now = Date.now,
    isPaused = false,
    quietMs = 0,
  } = options
  const ending = new AbortController()
  const status = createSyncStatus(replica, { isPaused })
  const context: SyncContext = { source, replica, log, status, signal: ending.signal, retentionDays }
  const reading = new Set<Promise<void>>()
  let started = false
  let closing: Promise<void> | null = null

  const isRunning = (): boolean => started && !closing && !isPaused
  const isBackfilling = (): boolean => status.state().phase !== 'following'
  let isUsageRead = false
  const threadPass = createThreadPass(context, {
    isHeldBack: () => isBackfilling() || !isUsageRead,
    manualLinks,
    work: options.threadWork ?? doneHere(createThreadWork()),
  })
  const threadLoop = createSyncLoop(threadPass.step)
  const offlinePass = createOfflinePass(context, {
    wish: () => (isBackfilling() || !isUsageRead ? null : (options.offlineWish?.() ?? null)),
  })
  const offlineLoop = createSyncLoop(offlinePass.step)
  function fetchForOffline(): void {
    offlinePass.restart()
    offlineLoop.wake()
  }
  function readMoreBodies(): void {
    threadPass.restart()
    threadLoop.wake()
    fetchForOffline()
  }

  const usagePass = createUsagePass(context, {
    isBackfilling,
    onDone() {
      isUsageRead = true
      readMoreBodies()
    },
  })
  const usageLoop = createSyncLoop(usagePass.step)
  function readMoreUsage(): void {
    isUsageRead = false
    usagePass.restart()
    usageLoop.wake()
  }

  const reconcile = createReconcile(context, { isBackfilling, onDone: readMoreUsage })
  const reconcileLoop = createSyncLoop(reconcile.step)
  const backfill = createBackfill(context, {
    onDone() {
      readMoreUsage()
      reconcileLoop.wake()
    },
  })
  const backfillLoop = createSyncLoop(backfill.step)
  const follow = createFollow(context, {
    now,
    onRecheck: compareAll,
    onRecentLoaded() {
      backfillLoop.wake()
      readMoreUsage()
    },
    readAnswers(keys, added) {
      const work = usagePass.readNow(keys, added).finally(() => {
        reading.delete(work)
        readMoreBodies()
      })
      reading.add(work)
      return work
    },
    onManyRows: readMoreUsage,
  })
  function compareAll(): void {
    reconcile.restart()
    backfill.restart()
    backfillLoop.wake()
    reconcileLoop.wake()
  }

  const followLoop = createSyncLoop(follow.step)

  async function close(): Promise<void> {
    ending.abort()
    status.close()
    await Promise.all([
      followLoop.stop(),
      backfillLoop.stop(),
      reconcileLoop.stop(),
      usageLoop.stop(),
      threadLoop.stop(),
      offlineLoop.stop(),
    ])
    await Promise.all([...reading, threadPass.settle()])
    follow.release()
  }

  return {
    state: status.state,
    onState: status.onState,
    onData: status.onData,
    start() {
      if (started || closing) return
      started = true
      // What is on disk is told before the source has said a word.
      refreshCounts(context).catch((error: unknown) =>
        log.warn('The rows could not be counted', { reason: String(error) }),
      )
      if (isPaused) return
      for (const loop of [followLoop, backfillLoop, reconcileLoop, usageLoop, threadLoop, offlineLoop])
        loop.start(quietMs)
    },
    comparison: reconcile.cost,
    fetchForOffline() {
      if (isRunning()) fetchForOffline()
    },
    recheck() {
      if (isRunning()) compareAll()
    },
    lookNow(ids = []) {
      if (!isRunning()) return Promise.resolve(false)
      const looked = follow.expectLook(ids)
      followLoop.wake()
      return looked
    },
    async readNear(id) {
      if (isRunning()) await threadPass.readNear(id)
    },
    async relink(ids) {
      if (started && !closing) await threadPass.relink(ids)
    },
    close() {
      closing ??= close()
      return closing
    },
  }
}

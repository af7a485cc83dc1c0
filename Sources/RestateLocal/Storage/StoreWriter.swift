import RestateHTTP
import RestateRuntime

/// Where an engine puts what must outlive the process.
protocol BatchStore: Sendable {
    /// Stores a batch behind those before, and then calls back, from any thread: with the reason if
    /// nothing of it is stored.
    func store(_ batch: StoreBatch, _ done: @escaping @Sendable (StorageError?) -> Void)
}

/// Stores batches in a data folder, on a thread of its own: a disk takes milliseconds, in which the
/// engine's loop goes on.
final class StoreWriter: BatchStore {
    /// Empty when the writer is closed.
    private final class Slot {
        var folder: DataFolder?
    }

    private let loop: EventLoop
    private let slot: LoopBound<Slot>

    private init() {
        loop = EventLoop()
        slot = LoopBound(Slot(), on: loop)
    }

    /// Opens the folder, and gives the runtime that was stored in it.
    static func open(
        _ path: String, settings: LocalSettings, seed: UInt64
    ) async throws(StorageError) -> (writer: StoreWriter, runtime: LocalRuntime) {
        let writer = StoreWriter()
        writer.loop.start()
        let result = await withCheckedContinuation { continuation in
            writer.loop.execute {
                continuation.resume(returning: writer.recover(path, settings, seed))
            }
        }
        switch result {
        case .success(let runtime): return (writer, runtime)
        case .failure(let error):
            await writer.close()
            throw error
        }
    }

    /// On the loop.
    private func recover(
        _ path: String, _ settings: LocalSettings, _ seed: UInt64
    ) -> Result<LocalRuntime, StorageError> {
        var settings = settings
        settings.reportsChanges = true
        let chosen = settings
        return Result { () throws(StorageError) in
            let folder = try DataFolder(path)
            let data = try folder.load()
            let runtime: LocalRuntime
            do throws(DamagedRecord) {
                runtime = try LocalRuntime(recovering: data, settings: chosen, seed: seed)
            } catch {
                throw StorageError(damaged: path, error)
            }
            try folder.begin(pageLimit: chosen.pageLimit)
            slot.value.folder = folder
            return runtime
        }
    }

    func store(_ batch: StoreBatch, _ done: @escaping @Sendable (StorageError?) -> Void) {
        loop.execute { [slot] in
            guard let folder = slot.value.folder else { return done(.closed) }
            do throws(StorageError) {
                try folder.write(batch)
                done(nil)
            } catch {
                done(error)
            }
        }
    }

    /// Lets go of the folder, behind what is being stored.
    func close() async {
        loop.execute { [slot] in slot.value.folder = nil }
        await loop.stopped()
    }
}

extension StorageError {
    static let closed = StorageError("The local runtime is shut down.")
}

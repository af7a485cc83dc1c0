import Primitives
import RestateHTTP
import RestateRuntime

/// The place where an engine stores its batches. Tests have others than a data folder.
protocol BatchStore: Sendable {
    /// Stores a batch after all earlier ones, and then calls `done` from any thread, with the error
    /// if nothing of the batch is stored.
    func store(_ batch: StoreBatch, _ done: @escaping @Sendable (StorageError?) -> Void)
}

/// Stores batches in a data folder on a thread of its own, because a commit takes milliseconds,
/// during which the engine's loop must go on.
final class StoreWriter: BatchStore {
    /// Holds the folder; nil once the writer is closed.
    private final class Slot {
        var folder: DataFolder?
    }

    private let loop: EventLoop
    private let slot: LoopBound<Slot>
    private let archive: FolderArchive

    private init(_ path: String) {
        archive = FolderArchive(path)
        loop = EventLoop()
        slot = LoopBound(Slot(), on: loop)
    }

    /// Opens the folder and restores the runtime that was stored in it.
    static func open(
        _ path: String, settings: LocalSettings, seed: UInt64
    ) async throws(StorageError) -> (writer: StoreWriter, runtime: LocalRuntime) {
        let writer = StoreWriter(path)
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

    /// Called on the writer's loop.
    private func recover(
        _ path: String, _ settings: LocalSettings, _ seed: UInt64
    ) -> Result<LocalRuntime, StorageError> {
        var settings = settings
        settings.reportsChanges = true
        let chosen = settings
        return Result { () throws(StorageError) in
            let folder = try DataFolder(path)
            var data = try folder.load()
            data.archive = archive
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

    /// Closes the folder, after the batches that were handed over before.
    func close() async {
        // The last connection to the database closes its log, and that is to be the writer's.
        archive.close()
        loop.execute { [slot] in slot.value.folder = nil }
        await loop.stopped()
    }
}

extension StorageError {
    static let closed = StorageError("The local runtime is shut down.")
}

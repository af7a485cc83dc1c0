import Foundation

@testable import RestateLocal
@testable import RestateRuntime

/// A data folder on the disk for a script, until the script is gone.
final class ScriptFolder {
    private let path: String
    private var folder: DataFolder?
    private(set) var archive: FolderArchive

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/restate-script-\(UUID())"
        archive = FolderArchive(path)
        folder = try DataFolder(path)
        try folder?.begin()
    }

    deinit {
        archive.close()
        folder = nil
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ batch: StoreBatch) throws { try folder?.write(batch) }

    /// Opens the folder as the next process does.
    func reopened(
        _ recover: (StoredData) throws -> LocalRuntime
    ) throws -> LocalRuntime {
        archive.close()
        archive = FolderArchive(path)
        folder = nil
        let next = try DataFolder(path)
        var data = try next.load()
        data.archive = archive
        let runtime = try recover(data)
        try next.begin()
        folder = next
        return runtime
    }
}

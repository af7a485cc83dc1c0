import Foundation
import Primitives
import Testing

@testable import RestateLocal

/// A folder that another runtime has.
@Suite(.timeLimit(.minutes(10))) struct FolderInUseTests {
    private func settings(_ path: String) -> LocalServerSettings {
        var settings = LocalServerSettings()
        (settings.ingressPort, settings.adminPort) = (0, 0)
        settings.dataDirectory = path
        return settings
    }

    /// As it is after a kill, for a moment.
    @Test
    func `a runtime that is started while another one ends waits for its folder, and says so`()
        async throws
    {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "restate-\(UUID().uuidString)").path(percentEncoded: false)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let first = try await LocalServer(settings(path)).start()
        let lines = Locked<[String]>([])
        var settings = settings(path)
        settings.folderWaits = .max
        settings.log = { line in
            let isFirst = lines.withLock { lines in
                lines.append(line)
                return lines.count == 1
            }
            if isFirst { Task { await first.shutdown() } }
        }
        try await LocalServer(settings).start().shutdown()
        #expect(
            lines.withLock { $0.first }
                == "The data folder '\(path)' is in use by another local runtime; waiting for its end."
        )
    }

    @Test(arguments: [EBADF, ENOLCK, EOPNOTSUPP])
    func `a file system without locks is told, and not as another runtime`(code: Int32) throws {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "restate-\(UUID().uuidString)").path(percentEncoded: false)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let error = #expect(throws: StorageError.self) { try FolderLock(path) { _ in code } }
        #expect(error?.kind == .place)
        let reason = String(cString: strerror(code))
        #expect(
            error?.description
                == "The data folder '\(path)' cannot be locked: its file system has no locks for folders, as "
                + "many network file systems (\(reason)). Name a folder on a disk of this machine.")
        let inUse = #expect(throws: StorageError.self) { try FolderLock(path) { _ in EWOULDBLOCK } }
        #expect(inUse?.kind == .inUse)
    }
}

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
}

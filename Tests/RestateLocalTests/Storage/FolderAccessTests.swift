import Foundation
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// Data folders that may not be written by the user of this process.
@Suite struct FolderAccessTests {
    /// Opens a folder as a user who owns nothing in it.
    private func refusal(_ path: String) throws -> String? {
        let end = try becomeNobody()
        defer { end() }
        do throws(StorageError) {
            try DataFolder(path).begin()
            return nil
        } catch {
            return error.description
        }
    }

    /// Gives up root's rights over files in this thread, if it has them.
    private func becomeNobody() throws -> () -> Void {
        guard geteuid() == 0 else { return {} }
        typealias Setting = @convention(c) (UInt32) -> Int32
        let symbol = try #require(dlsym(UnsafeMutableRawPointer(bitPattern: 0), "setfsuid"))
        let setUser = unsafeBitCast(symbol, to: Setting.self)
        _ = setUser(65534)
        return { _ = setUser(0) }
    }

    private func withFolder(_ body: (_ path: String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.path + "/restate-access-\(UUID())"
        defer {
            chmod(path, 0o700)
            try? FileManager.default.removeItem(atPath: path)
        }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try body(path)
    }

    private func sentence(_ path: String, _ which: String = "") -> String {
        "The data folder '\(path)' cannot be written: \(which)Permission denied. Give this process the "
            + "right to write in it, or name another folder."
    }

    @Test(arguments: [0o555, 0o500])
    func `an empty folder that may not be written is named, with the reason`(mode: mode_t) throws {
        try withFolder { path in
            chmod(path, mode)
            let refusal = try refusal(path)
            #expect(refusal == sentence(path))
        }
    }

    @Test func `a folder with a database that may not be written is named, with the reason`() throws
    {
        try withFolder { path in
            do { try DataFolder(path).begin() }
            chmod(path, 0o555)
            let refusal = try refusal(path)
            #expect(refusal == sentence(path))
        }
    }

    @Test func `a database that may not be written in a folder that may is named, with the reason`()
        throws
    {
        try withFolder { path in
            do { try DataFolder(path).begin() }
            chmod(path, 0o777)
            chmod("\(path)/\(DataFolder.fileName)", 0o444)
            let refusal = try refusal(path)
            #expect(refusal == sentence(path, "the file '\(DataFolder.fileName)': "))
        }
    }

    @Test func `a folder that may be written is opened`() throws {
        try withFolder { path in
            chmod(path, 0o777)
            let refusal = try refusal(path)
            #expect(refusal == nil)
        }
    }
}

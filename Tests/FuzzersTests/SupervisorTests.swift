import Foundation
import Support
import Testing

@testable import Fuzzers

/// Whatever way a worker ends, only one that came to its end has found nothing.
struct SupervisorTests {
    /// Runs a shell script in the worker's place. `$progress` is its file.
    private func finds(nothingWith script: String) async throws -> Bool {
        let text = FileManager.default.temporaryDirectory
            .appending(path: "worker-\(UUID().uuidString)")
        let file = text.appendingPathExtension("sh")
        defer { for made in [text, file] { try? FileManager.default.removeItem(at: made) } }
        try Data("#!/bin/sh\nprogress=$3\n\(script)\n".utf8).write(to: text)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700], ofItemAtPath: text.path())
        try await copyProgram(text, to: file)
        var job = Job(fuzzer: Manifests.self)
        // An input of its own: nothing smaller is looked for.
        job.input = [1]
        // Beside all other tests a worker may be long in coming.
        return await Supervisor(job, program: file, patience: .seconds(600)).run()
    }

    private let finish =
        #"printf '\001' | dd of="$progress" bs=1 seek=16 conv=notrunc status=none"#

    @Test func `a worker that came to its end has found nothing`() async throws {
        #expect(try await finds(nothingWith: "\(finish)\nexit 0"))
    }

    @Test(arguments: [
        "exit 0", "exit 7", "kill -9 $$", "kill -TERM $$", "kill -PIPE $$",
        "exec 1>&- 2>&-; exit 0",
        "echo out of memory >&2; exit 137",
    ])
    func `a worker that ends in any other way is a finding`(_ script: String) async throws {
        #expect(try await !finds(nothingWith: script))
    }

    @Test(arguments: ["exit 3", "kill -9 $$"])
    func `a worker that came to its end and fails then is a finding`(
        _ script: String
    ) async throws {
        #expect(try await !finds(nothingWith: "\(finish)\n\(script)"))
    }

    @Test func `a worker that cannot be started is a finding`() async {
        let nowhere = URL(filePath: "/nowhere/fuzz")
        var job = Job(fuzzer: Manifests.self)
        job.input = [1]
        #expect(await !Supervisor(job, program: nowhere).run())
    }
}

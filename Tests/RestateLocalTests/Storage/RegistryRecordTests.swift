import CanonicalJSON
import Foundation
import Testing

@testable import RestateLocal
@testable import RestateRuntime

/// A registry is written down whole, or the runtime stops with a sentence.
struct RegistryRecordTests {
    /// It consists of texts, whole numbers and flags, which JSON has for every value: no registry is
    /// one that cannot be written down.
    @Test func `whatever texts and numbers a registry has, it is read again as it was`() throws {
        let scalars = (0...0x10ffff).compactMap { Unicode.Scalar($0 as UInt32) }
        let text = String(String.UnicodeScalarView(scalars))
        var patch = ServicePatch()
        patch.isPublic = false
        patch.idempotencyRetention = .max
        patch.journalRetention = 0
        let record = RegistryRecord(deployments: [
            DeploymentRecord(
                id: text, uri: text, link: text, usesHTTP11: true, headers: [[text, text], []],
                metadata: [text: text, "": ""], createdAt: .max, sdkVersion: text,
                manifest: String(repeating: "[", count: 100_000), protocolMode: text,
                services: [RegisteredService(name: text, revision: .min, patch: patch)])
        ])
        let bytes = try JSON.encode(record)
        let again = try JSON.decode(RegistryRecord.self, from: bytes)
        #expect(try JSON.encode(again) == bytes)
        let deployment = try #require(again.deployments.first)
        #expect(deployment.metadata[text] == text)
        #expect(deployment.createdAt == .max)
        #expect(deployment.services.first?.revision == .min)
        #expect(deployment.services.first?.patch.idempotencyRetention == .max)
    }

    @Test func `what cannot be written down is an error, and nothing that came with it is stored`()
        throws
    {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "registry-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        var batch = StoreBatch()
        batch.invocations = [(1, [1, 2, 3])]
        batch.mistake = "The registry cannot be stored: it is too deep."
        do {
            let folder = try DataFolder(path)
            try folder.begin(pageLimit: nil)
            let error = #expect(throws: StorageError.self) { try folder.write(batch) }
            #expect(error?.description == "The registry cannot be stored: it is too deep.")
        }
        #expect(try DataFolder(path).load().invocations.isEmpty)
    }
}

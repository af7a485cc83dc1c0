import Foundation
import CanonicalJSON
import Testing

/// Random and damaged texts: never a crash, never another answer than Foundation's, and what is read is
/// written in one way only.
struct JSONFuzzTests {
    /// Decodes what is there with every kind of container.
    private func decodeAll(_ bytes: [UInt8]) {
        checkAsReadAgain(Sample.Tree.self, bytes)
        checkAsReadAgain(Sample.Nested.self, bytes)
        checkAsReadAgain(Sample.Foundations.self, bytes)
        checkAsReadAgain([String: [Int8?]].self, bytes)
        checkAsReadAgain(String.self, bytes)
        checkAsReadAgain(Sample.Flat.self, bytes)
    }

    /// What can be read gives the same bytes whenever it is written, read and written again.
    private func checkAsReadAgain<T: Codable>(_ type: T.Type, _ bytes: [UInt8]) {
        let value: T
        do { value = try JSON.decode(type, from: bytes[...]) } catch {
            #expect(!JSON.describe(error).isEmpty)
            return
        }
        #expect(throws: Never.self, "\(String(decoding: bytes, as: UTF8.self))") {
            let written = try JSON.encode(value)
            let again = try JSON.encode(JSON.decode(type, from: written[...]))
            #expect(again == written, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    private func damaged(_ bytes: [UInt8], _ random: inout Seeded) -> [UInt8] {
        var bytes = bytes
        let letters = Array("{}[]\",:\\u0123456789eE+-.truefalsn \n".utf8) + [0, 0x80, 0xc3, 0xff]
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            guard !bytes.isEmpty else { break }
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0...4, using: &random) {
            case 0: bytes[place] = letters.randomElement(using: &random)!
            case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(letters.randomElement(using: &random)!, at: place)
            default: bytes.removeLast(bytes.count - place)
            }
        }
        return bytes
    }

    @Test func `random bytes`() {
        var random = Seeded(4)
        let letters = Array("{}[]\",:\\u01e-.truefalsn ".utf8)
        for _ in 0..<5000 {
            let length = Int.random(in: 0...40, using: &random)
            decodeAll((0..<length).map { _ in letters.randomElement(using: &random)! })
            decodeAll((0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        }
    }

    @Test func `damaged texts are taken as Foundation takes them`() throws {
        var random = Seeded(5)
        for _ in 0..<400 {
            let whole = try JSON.encode(random.tree())
            for _ in 0..<4 {
                let bytes = damaged(whole, &random)
                decodeAll(bytes)
                let ours = try? JSON.decode(Sample.Tree.self, from: bytes[...])
                let foundations = try? JSONDecoder().decode(Sample.Tree.self, from: Data(bytes))
                if ours != foundations {
                    // Only a comma too many, a zero byte (taken for UTF-16) or a number that
                    // `Tree` tried as something else explains a difference.
                    #expect(ours == nil, "\(String(decoding: bytes, as: UTF8.self))")
                    #expect(
                        hasNeedlessComma(bytes) || bytes.contains(0),
                        "\(String(decoding: bytes, as: UTF8.self))")
                }
            }
        }
    }

    private func hasNeedlessComma(_ bytes: [UInt8]) -> Bool {
        let solid = bytes.filter { ![0x20, 0x0a, 0x0d, 0x09].contains($0) }
        return zip(solid, solid.dropFirst()).contains { $0 == 0x2c && [0x5d, 0x7d].contains($1) }
    }

    @Test func `damaged structs, dates and data`() throws {
        var random = Seeded(6)
        for _ in 0..<1000 {
            let flat = try JSON.encode(random.flat())
            decodeAll(flat)
            let foundations = try JSON.encode(
                Sample.Foundations(
                    data: Data([1, 2]), date: .distantPast, url: URL(filePath: "/a"), uuid: UUID(),
                    decimal: 1.5, optionalDate: .distantFuture, dates: [], data2: ["a": Data([9])]))
            decodeAll(damaged(flat, &random))
            decodeAll(damaged(foundations, &random))
        }
    }

    @Test func `large texts take time in proportion`() throws {
        let names = (0..<20_000).map { "key number \($0)" }
        let map = Dictionary(uniqueKeysWithValues: names.map { ($0, Sample.Status.sold) })
        #expect(try JSON.decode([String: Sample.Status].self, from: JSON.encode(map)[...]) == map)
        // Through containers, key by key, in another order than the text's.
        let tree = Sample.Tree.object(map.mapValues { .string($0.rawValue) })
        #expect(try JSON.decode(Sample.Tree.self, from: JSON.encode(tree)[...]) == tree)
        let string = String(repeating: "\u{1}ä\"", count: 200_000)
        #expect(try JSON.decode(String.self, from: JSON.encode(string)[...]) == string)
    }

    @Test func `many tasks at once share what is reused`() async throws {
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<16 {
                group.addTask {
                    var random = Seeded(UInt64(task))
                    return (0..<200).allSatisfy { _ in
                        let flat = random.flat()
                        guard let bytes = try? JSON.encode(flat) else { return false }
                        return (try? JSON.decode(Sample.Flat.self, from: bytes[...])) == flat
                    }
                }
            }
            for await isSame in group { #expect(isSame) }
        }
    }
}

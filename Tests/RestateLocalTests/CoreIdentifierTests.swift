import RestateProtocol
import Testing

@testable import RestateLocal

@Suite struct CoreIdentifierTests {
    @Test func `a recorded id is read and written back`() throws {
        let text = "inv_12dw5UBHriBL6zDR4IfF2Ev9TdQHvK6rsZ"
        let id = try #require(InvocationID(text))
        #expect(id.partitionKey == 0x255b_cd7d_efb0_d519)
        #expect(id.high == 0x0195_800e_3a1a_2291)
        #expect(id.low == 0xd9e9_de34_22b0_07d8)
        #expect(id.text == text)
        #expect(InvocationID(id.bytes) == id)
    }

    @Test(arguments: ["", "inv_1", "inv_2dw5UBHriBL6zDR4IfF2Ev9TdQHvK6rsZ", "x", "inv_1!"])
    func `what is no id is refused`(text: String) {
        #expect(InvocationID(text) == nil)
    }

    @Test func `names give the same id every time, and other names another one`() {
        let one = InvocationID.workflow("Checkout", key: "a")
        #expect(one == .workflow("Checkout", key: "a"))
        #expect(one != .workflow("Checkout", key: "b"))
        let keyed = InvocationID.idempotent(
            service: "S", key: "k", handler: "h", idempotencyKey: "i")
        let plain = InvocationID.idempotent(
            service: "S", key: nil, handler: "h", idempotencyKey: "i")
        #expect(keyed != plain)
    }

    @Test func `digests are those of the standard`() {
        func digest(_ text: String) -> String {
            SHA256.digest(Array(text.utf8)).map {
                ($0 < 16 ? "0" : "") + String($0, radix: 16)
            }.joined()
        }
        #expect(
            digest("abc")
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    }

    @Test func `an awakeable's id leads back to its invocation`() throws {
        var random = SplitMix(seed: 1)
        let id = InvocationID.fresh(service: "S", key: nil, at: 1, &random)
        let text = "sign_1" + base64(id.bytes + [0, 0, 0, 17])
        let awakeable = try #require(AwakeableID(text))
        #expect(awakeable.invocation == id)
        #expect(awakeable.signal == 17)
        #expect(AwakeableID("sign_1abc") == nil)
        #expect(AwakeableID("nothing") == nil)
    }

    @Test func `deadlines come up in order, and removed ones never`() {
        var heap = DeadlineHeap<Int>()
        var random = SplitMix(seed: 7)
        var kept: [(UInt64, Int)] = []
        for number in 0..<500 {
            let time = random.next() % 1000
            let token = heap.add(number, at: time)
            if number % 3 == 0 {
                heap.remove(token)
                heap.remove(token)
            } else {
                kept.append((time, number))
            }
        }
        var seen: [Int] = []
        while let next = heap.next(at: 1000) { seen.append(next) }
        #expect(seen == kept.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.1))
    }

    private func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        var (bits, width): (UInt32, UInt32) = (0, 0)
        for byte in bytes {
            (bits, width) = (bits << 8 | UInt32(byte), width + 8)
            while width >= 6 {
                width -= 6
                text.append(alphabet[Int(bits >> width & 63)])
            }
        }
        if width > 0 { text.append(alphabet[Int(bits << (6 - width) & 63)]) }
        return text
    }
}

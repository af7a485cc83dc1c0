import Primitives
import Testing

@Suite("Queues and heaps")
struct QueueTests {
    @Test func `a queue gives back what it was given, in order, however often it is refilled`() {
        var queue = FIFOQueue<Int>()
        var (added, taken) = (0, 0)
        var random = SplitMix(seed: 7)
        for _ in 0..<20_000 {
            if random.next() % 5 < 3 {
                queue.append(added)
                added += 1
            } else if let next = queue.popFirst() {
                #expect(next == taken)
                taken += 1
            }
            #expect(queue.count == added - taken)
        }
        #expect(queue.waiting == Array(taken..<added))
        while let next = queue.popFirst() {
            #expect(next == taken)
            taken += 1
        }
        #expect(taken == added && queue.isEmpty && queue.first == nil)
    }

    @Test func `a queue of any length shows all its elements, from the oldest to the newest`() {
        var queue = FIFOQueue<Int>()
        for length in [1, 255, 256, 257, 700, 5_000] {
            while queue.count < length { queue.append((queue.waiting.last ?? -1) + 1) }
            for _ in 0..<3 {
                let (oldest, newest) = (queue.waiting[0], queue.waiting[queue.count - 1])
                #expect(queue.first == oldest)
                #expect(queue.waiting == Array(oldest...newest))
                if queue.count > 1 { #expect(queue.popFirst() == oldest) }
            }
        }
    }

    @Test func `a copy of a queue keeps what its original gives away`() {
        var queue = FIFOQueue<String>()
        for number in 0..<600 { queue.append("\(number)") }
        let copy = queue
        while queue.popFirst() != nil {}
        #expect(copy.count == 600 && copy.waiting.last == "599")
    }

    @Test func `a heap gives back the earliest first, without what was removed`() {
        var heap = IndexedHeap<Int>()
        var random = SplitMix(seed: 11)
        var kept: [(time: UInt64, number: Int)] = []
        var tokens: [(IndexedHeap<Int>.Token, Int)] = []
        for number in 0..<2_000 {
            let time = random.next() % 100
            tokens.append((heap.add(number, at: time), number))
            kept.append((time, number))
        }
        for (token, number) in tokens where random.next() % 2 == 0 {
            heap.remove(token)
            // A second time is harmless, also when its place was given to another entry.
            heap.remove(token)
            kept.removeAll { $0.number == number }
        }
        let expected = kept.sorted { ($0.time, $0.number) < ($1.time, $1.number) }.map(\.number)
        #expect(heap.count == expected.count)
        #expect(heap.earliest == kept.map(\.time).min())
        var order: [Int] = []
        while let next = heap.next(at: .max) { order.append(next) }
        #expect(order == expected)
    }

    @Test func `an entry whose time has not come stays`() {
        var heap = IndexedHeap<String>()
        _ = heap.add("late", at: 10)
        #expect(heap.next(at: 9) == nil)
        #expect(heap.next(at: 10) == "late")
        #expect(heap.earliest == nil)
    }
}

"""A name server, as a container engine has one: one that is made anew keeps its name, at another address."""

import asyncio

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class Names(asyncio.DatagramProtocol):
    """`addresses`: of the containers that run, by name; others are unknown."""

    def __init__(self) -> None:
        self.addresses: dict[str, str] = {}
        self.port = 0

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.port = self.transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        asked = dns.message.from_wire(data)
        answer = dns.message.make_response(asked)
        question = asked.question[0]
        address = self.addresses.get(question.name.to_text(omit_final_dot=True))
        if address is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif question.rdtype == dns.rdatatype.A:
            answer.answer.append(dns.rrset.from_text(question.name, 600, "IN", "A", address))
        self.transport.sendto(answer.to_wire(), addr)

    def stop(self) -> None:
        self.transport.close()

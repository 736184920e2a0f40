// A UDP server on port 53 of a loopback address of its own that takes every question and never answers.
// Prints DNS=address. resolv.conf has no port, so each server takes another address of 127.0.0.0/8.
"use strict";

const dgram = require("node:dgram");

const TRIES = 20;

function randomAddress() {
  const byte = () => 1 + Math.floor(Math.random() * 250);
  return `127.${byte()}.${byte()}.${byte()}`;
}

function listen(triesLeft) {
  const address = randomAddress();
  const socket = dgram.createSocket("udp4");
  socket.once("error", (error) => {
    if (error.code !== "EADDRINUSE" || triesLeft === 0) throw error;
    listen(triesLeft - 1);
  });
  socket.bind(53, address, () => console.log(`DNS=${address}`));
}

listen(TRIES);

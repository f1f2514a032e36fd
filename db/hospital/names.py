"""First names and surnames of the demonstration hospital's people, from the many countries of the NHS."""

FIRST = """
Abigail Adaeze Adam Adrian Agnieszka Aidan Aisha Alan Alejandra Alice Amara Amelia Amina Amit Ana Andrea
Andrew Angela Anita Anna Anthony Arjun Ayesha Babajide Barbara Beata Ben Bethan Blessing Bronwen Callum
Camila Carlos Carol Caroline Catherine Charlotte Chidi Chinonso Chloé Christine Ciara Claire Connor Cristina
Daniel Darren David Deborah Deepa Denise Dominika Dylan Ebele Edward Efua Eilidh Eleanor Elena Elizabeth
Ella Emeka Emily Emma Esi Esther Ewa Farah Fatima Fiona Francesca Gareth Gemma George Georgia Gloria Grace
Graham Gurpreet Hannah Harpreet Harriet Hassan Helen Henry Hina Holly Ian Ibrahim Ifeoma Imran Ines Iona
Isaac Isabel Isla Jack Jacqueline James Jamila Jane Jasmine Jason Jayne Jennifer Jerome Jessica Joana Joanne
John Jonathan Jorge José Joseph Joy Julia Julie Kamala Karen Kareem Karolina Katarzyna Kate Kavita Kelly
Kerry Kevin Kiran Kofi Krzysztof Kwame Lakshmi Laura Lauren Leah Leanne Lewis Li Liam Linda Lisa Louise Lucy
Luis Maeve Magdalena Malcolm Manjit Marcus Margaret Maria Mark Mary Matthew Megan Mei Mercy Michael Michelle
Ming Miriam Mohammed Monika Mónica Naomi Natalie Nathan Neha Neil Niamh Nicola Nikhil Nneka Noor Nuno
Olamide Olga Oliver Olivia Oluwaseun Omar Owen Pamela Patricia Patrick Paul Paula Peter Philip Praise Priya
Rachel Rajesh Ravi Rebecca Rhys Richard Robert Rosa Rosemary Rowena Ruth Ryan Sadia Salma Sam Samira Samuel
Sandra Sanjay Sara Sarah Sean Shabnam Sharon Shaun Siân Simon Siobhán Sophie Stella Stephen Suresh Susan
Tamsin Tariq Temitope Teresa Thomas Tina Tomasz Tracey Uchenna Usha Valentina Vanessa Victoria Vijay Wei
Wendy William Yasmin Yusuf Zainab Zoë Zofia
""".split()

LAST = """
Abbott Abdi Abubakar Acheampong Adams Adebayo Adeyemi Afolabi Agarwal Ahmed Akhtar Ali Allen Almeida Amoah
Anderson Appiah Armstrong Asante Atkinson Bailey Baker Balogun Banerjee Barker Begum Bello Bennett Bhatt
Boateng Bondarenko Bowen Brennan Brown Butler Byrne Campbell Carr Carter Chan Chatterjee Chauhan Chen
Chowdhury Clark Cole Collins Cooper Costa Cruz Dalton Das Davies Dawson Dela-Cruz Desai Dhillon Diaz Dixon
Dogan Doherty Doyle Edwards Egan Eze Evans Farrell Fernandes Fernández Fisher Fletcher Flores Forster Foster
Fraser Garcia Ghosh Gibson Gill Gomes Gonzales Graham Grant Green Griffiths Gupta Hall Hamilton Harris
Harrison Hassan Hayes Henderson Hill Hoang Holmes Hughes Hussain Ibrahim Iqbal Jackson James Jenkins Johnson
Jones Joseph Joshi Kamara Kapoor Kaur Kelly Kennedy Khan Kim King Kovács Kowalska Kowalski Kumar Lam Lawson
Lee Lewandowski Lewis Li Lim Liu Lloyd Lopes Macdonald Mahmood Malik Marsh Marshall Martin Mathew McCarthy
McKenzie Mendoza Mensah Miah Mills Mitchell Mohamud Moore Morgan Morris Moyo Murphy Murray Musa Mwangi Nair
Ncube Nguyen Nowak Nwosu O'Brien O'Connor O'Neill Obi Odhiambo Ofori Ogunleye Okafor Okeke Okonkwo Osei Owen
Owusu Oyelaran Palmer Parker Parry Patel Pearce Pereira Perera Petrov Phillips Pillai Popescu Powell Price
Qureshi Rahman Ramos Rana Rao Reid Reyes Richards Roberts Robinson Rodrigues Rogers Rose Ross Russell Ryan
Saeed Salazar Santos Sesay Shah Sharma Shaw Sheikh Silva Simmons Simpson Singh Smith Sousa Stewart
Sutherland Suleiman Tan Taylor Thapa Thomas Thompson Thomson Torres Tran Turner Tembo Uddin Usman Varghese
Villanueva Walker Wallace Walsh Wang Ward Watson Webb White Wilkinson Williams Wilson Wójcik Wong Wood
Wright Wu Yeboah Yilmaz Young Zaman Zhang
""".split()
